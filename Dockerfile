ARG BASE=python:3.11-slim

FROM ${BASE} AS build
WORKDIR /src
COPY pyproject.toml requirements.lock README.md LICENSE ./
RUN python3 -m venv /opt/xunwang \
    && /opt/xunwang/bin/python -m pip install --no-cache-dir --require-hashes -r requirements.lock
COPY register register
COPY crawler crawler
COPY scheduler scheduler
COPY checker checker
COPY province province
RUN /opt/xunwang/bin/python -m pip install --no-cache-dir --no-deps . \
    && /opt/xunwang/bin/python -m pip uninstall --yes setuptools pip

FROM ${BASE}
LABEL org.opencontainers.image.title="xunwang" org.opencontainers.image.licenses="Apache-2.0"
ENV TZ=Asia/Shanghai PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 MALLOC_ARENA_MAX=2 PATH=/opt/xunwang/bin:$PATH
COPY --from=build /opt/xunwang /opt/xunwang
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin xunwang && mkdir /data && chown xunwang /data
USER 10001
WORKDIR /data
VOLUME /data
EXPOSE 9188
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s CMD ["python3", "-c", "import sys, urllib.request; sys.exit(urllib.request.urlopen('http://127.0.0.1:9188/healthz', timeout=4).status != 200)"]
ENTRYPOINT ["xunwang"]
CMD ["serve", "--config", "/data/xunwang.toml"]
