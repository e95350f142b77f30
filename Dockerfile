# xunwang as a container: one process, one data volume, no root. Plain Dockerfile syntax: docker, podman, buildah, kaniko.
#
#   docker build -t xunwang .
#   docker run --read-only --init -v xunwang-data:/data -v ./register:/data/register:ro -e XUNWANG_CRAWLER_CONTACT=… xunwang
#
# BASE needs python3 (3.11 or newer) with venv, useradd and tzdata. deploy/image_test.py builds and runs it without an engine.
ARG BASE=python:3.11-slim

FROM ${BASE} AS build
# PIP_CERT: a file in the base with the authorities of a package mirror of your own
ARG PIP_CERT=
WORKDIR /src
COPY requirements.lock ./
RUN if [ -z "$PIP_CERT" ]; then unset PIP_CERT; fi \
    && python3 -m venv /opt/xunwang \
    && /opt/xunwang/bin/python -m pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY register register
COPY crawler crawler
COPY scheduler scheduler
COPY checker checker
COPY province province
# the lock has no build backend: setuptools is the one thing that comes from outside it, and none of it stays
RUN if [ -z "$PIP_CERT" ]; then unset PIP_CERT; fi \
    && /opt/xunwang/bin/python -m pip install --no-cache-dir --disable-pip-version-check --no-deps . \
    && /opt/xunwang/bin/python -m pip uninstall --yes --quiet setuptools pip \
    && find /opt/xunwang -type f \( -name '*.pyx' -o -name '*.pxd' -o -name '*.c' -o -name '*.h' \) -delete \
    && rm -rf /opt/xunwang/include /opt/xunwang/share

FROM ${BASE}
ARG VERSION=unreleased
ARG REVISION=unknown
LABEL org.opencontainers.image.title="xunwang" \
      org.opencontainers.image.description="巡网: when was every column of every government web site last updated" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
ENV TZ=Asia/Shanghai \
    LANG=C.UTF-8 \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    MALLOC_ARENA_MAX=2 \
    TMPDIR=/data \
    PATH=/opt/xunwang/bin:$PATH
# pip and setuptools of the base, where it has them, are of no use to a service
RUN python3 -m pip uninstall --yes --quiet --root-user-action=ignore pip setuptools wheel 2>/dev/null || true
RUN useradd --system --uid 10001 --user-group --home-dir /data --no-create-home --shell /usr/sbin/nologin xunwang \
    && mkdir /data && chown 10001:10001 /data
COPY deploy/container.toml /etc/xunwang/xunwang.toml
COPY deploy/health.py /usr/local/bin/xunwang-health
COPY --from=build /opt/xunwang /opt/xunwang
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 9188
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=120s --retries=3 CMD ["python3", "/usr/local/bin/xunwang-health"]
ENTRYPOINT ["xunwang"]
CMD ["serve", "--config", "/etc/xunwang/xunwang.toml"]
