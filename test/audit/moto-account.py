"""moto's IAM with many users, and what an audit should say of their keys: computed with boto3 alone, one user and one key after the other.

Prints the endpoint, then the keys as JSON, and serves until its standard input ends.

    python3 moto-account.py USERS
"""
import datetime
import json
import random
import sys

import boto3
from moto.core import DEFAULT_ACCOUNT_ID
from moto.iam.models import AccessKeyLastUsed, iam_backends
from moto.server import ThreadedMotoServer

users = int(sys.argv[1])
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()
print(f"http://{host}:{port}", flush=True)

# A seed of its own: each run tests the same account.
choose = random.Random(17)
now = datetime.datetime.now(datetime.timezone.utc)


def days_ago(days):
    # Away from midnight of its day, so that an audit some seconds later counts the same days.
    return (now - datetime.timedelta(days=days, hours=choose.randint(1, 22))).replace(microsecond=0, tzinfo=None)


backend = iam_backends[DEFAULT_ACCOUNT_ID]["aws"]
for number in range(users):
    name = choose.choice(["{}", "{}@example.com", "team={},ci", "a+b_{}"]).format(number)
    backend.create_user("us-east-1", user_name=name, path=choose.choice(["/", "/ci/", "/ci/nightly/"]))
    for _ in range(choose.choice([0, 1, 1, 1, 2])):
        key = backend.create_access_key(user_name=name)
        created = choose.randint(0, 400)
        key.create_date = days_ago(created)
        if choose.random() < 0.6:
            key.last_used = AccessKeyLastUsed(days_ago(choose.randint(0, created)), "s3", "us-east-1")
        if choose.random() < 0.1:
            key.status = "Inactive"

iam = boto3.client("iam", endpoint_url=f"http://{host}:{port}", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
keys = []
for page in iam.get_paginator("list_users").paginate():
    for user in page["Users"]:
        for key in iam.list_access_keys(UserName=user["UserName"])["AccessKeyMetadata"]:
            used = iam.get_access_key_last_used(AccessKeyId=key["AccessKeyId"])["AccessKeyLastUsed"].get("LastUsedDate")
            age = datetime.datetime.now(datetime.timezone.utc) - key["CreateDate"]
            keys.append({
                "UserName": user["UserName"],
                "Path": user["Path"],
                "AccessKeyId": key["AccessKeyId"],
                "Status": key["Status"],
                "Age": age.days,
                "LastUsed": used and used.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "OlderThan90d": key["Status"] == "Active" and age >= datetime.timedelta(days=90),
                "UnusedFor45d": key["Status"] == "Active" and now - (used or key["CreateDate"]) >= datetime.timedelta(days=45),
            })
print(json.dumps(keys), flush=True)
sys.stdin.read()
server.stop()
