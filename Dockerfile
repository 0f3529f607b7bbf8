# iamkey in an image of its own: the standalone executable, the C library it needs, and nothing else; no shell, no package manager, no root.
#
#     docker build --tag iamkey .
#     docker run --rm --read-only --env AWS_ACCESS_KEY_ID --env AWS_SECRET_ACCESS_KEY iamkey list-access-keys --user-name Bob
#
# It needs no home and no writable file system, and runs as any user. What it stores goes to volumes; `command:` and credential_process need an
# image with their programs in it: `COPY --from=iamkey /usr/local/bin/iamkey /usr/local/bin/`.
ARG NODE=24

FROM --platform=$BUILDPLATFORM node:${NODE}-bookworm-slim AS build
WORKDIR /iamkey
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
# As Docker calls it; ours is x64 or arm64.
ARG TARGETARCH
RUN platform=linux-$(echo "$TARGETARCH" | sed s/amd64/x64/) \
 && npm run --silent standalone -- "$platform" \
 && install -D -m 755 "dist-standalone/iamkey-$platform" out/usr/local/bin/iamkey \
 && install -D -m 644 -t out/usr/local/share/doc/iamkey LICENSE dist-standalone/THIRD-PARTY-LICENSES dist-standalone/sbom.cdx.json

# The C library, authorities' certificates and a user without rights: 65532.
FROM gcr.io/distroless/base-nossl-debian12:nonroot
COPY --from=build /iamkey/out /
USER 65532:65532
ENTRYPOINT ["/usr/local/bin/iamkey"]
