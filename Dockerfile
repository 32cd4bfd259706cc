# The bot alone: no demo, no tests, no compiler, not root. Everything comes from the lock with its hash.
# Not built where this is developed (no container engine there); tests/test_deployment.py lints it.

FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_NO_INPUT=1
RUN python -m venv /opt/fourstar && python -m venv /opt/build
WORKDIR /src
COPY requirements/runtime.txt requirements/build.txt requirements/
RUN /opt/fourstar/bin/pip install --no-compile --require-hashes --requirement requirements/runtime.txt \
    && /opt/build/bin/pip install --require-hashes --requirement requirements/build.txt
COPY pyproject.toml README.md ./
COPY bot bot
COPY cards cards
COPY contract contract
COPY documents documents
COPY graph graph
COPY manifest manifest
COPY storage storage
# The wheel is made with the locked setuptools and installed without looking for anything else. Then everything is compiled,
# because the bot may not write there later; msgraph's 16,000 generated files are left out, four of them are ever read.
RUN /opt/build/bin/pip wheel --no-deps --no-build-isolation --wheel-dir /wheels . \
    && /opt/fourstar/bin/pip install --no-compile --no-deps --no-index /wheels/*.whl \
    && /opt/fourstar/bin/pip uninstall --yes pip setuptools \
    && /opt/fourstar/bin/python -m compileall -q -j 0 -x 'msgraph/generated' /opt/fourstar/lib

FROM python:3.11-slim-bookworm
RUN groupadd --gid 10001 fourstar \
    && useradd --uid 10001 --gid fourstar --no-create-home --home-dir /data --shell /usr/sbin/nologin fourstar \
    && install --directory --owner fourstar --group fourstar /data
COPY --from=build /opt/fourstar /opt/fourstar
ENV PATH=/opt/fourstar/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    FOURSTAR_HOST=0.0.0.0 \
    FOURSTAR_PORT=3978 \
    FOURSTAR_DATABASE_URL=sqlite:////data/fourstar.sqlite
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 3978
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:3978/healthz', timeout=4)"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["fourstar"]
CMD ["serve"]
