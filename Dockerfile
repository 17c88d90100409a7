# One image for every part of a real installation; docker-compose.yml says which part runs where.
FROM python:3.11.13-slim-bookworm AS build

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /src
RUN python -m venv /opt/bbic-bridge && python -m venv /opt/build

# Dependencies first: they change seldom, and exactly the tested files are installed.
COPY requirements/runtime.txt requirements/build.txt requirements/
RUN /opt/bbic-bridge/bin/pip install --require-hashes --only-binary :all: -r requirements/runtime.txt \
    && /opt/build/bin/pip install --require-hashes -r requirements/build.txt

COPY pyproject.toml README.md ./
COPY src src
RUN /opt/build/bin/pip wheel --no-deps --no-build-isolation --wheel-dir dist . \
    && /opt/bbic-bridge/bin/pip install --no-deps --no-index dist/*.whl


FROM python:3.11.13-slim-bookworm

RUN groupadd --gid 10001 bbic \
    && useradd --uid 10001 --gid bbic --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin bbic
COPY --from=build /opt/bbic-bridge /opt/bbic-bridge

ENV PATH=/opt/bbic-bridge/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    BBIC_CONFIG=/etc/bbic-bridge/bridge.toml
WORKDIR /tmp
USER 10001:10001
EXPOSE 8800
ENTRYPOINT ["bbic-bridge"]
CMD ["--help"]
