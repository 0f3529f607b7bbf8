"""moto's IAM, STS and Secrets Manager, with users at /ci/ whose keys are a hundred days old. Prints the endpoint, and serves until its standard input ends.

    python3 moto-users.py ACCOUNT:USER...
"""
import datetime
import sys

from moto.iam.models import iam_backends
from moto.server import ThreadedMotoServer

server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
for word in sys.argv[1:]:
    account, name = word.split(":")
    backend = iam_backends[account]["aws"]
    backend.create_user("us-east-1", user_name=name, path="/ci/")
    backend.create_access_key(user_name=name).create_date = datetime.datetime.now() - datetime.timedelta(days=100)
print("http://{}:{}".format(*server.get_host_and_port()), flush=True)
sys.stdin.read()
server.stop()
