"""The floor: the same server and database, verifying a signature and adding a row.

Run as `python -m tests.bench.floor PORT DATABASE_URL PUBLIC_KEY`.
"""

import sys
from pathlib import Path

import uvicorn
from fastapi import FastAPI, Request, Response
from sqlalchemy import text

from core.database.engine import Database
from core.payby.signing import load_public_key, verify

_ADD = text("insert into floor (body) values (:body)")


def floor_app(database: Database, key_file: Path) -> FastAPI:
    """Make the server with its one endpoint."""
    app = FastAPI()
    key = load_public_key(key_file)

    @app.post("/floor")
    async def floor(request: Request) -> Response:
        body = await request.body()
        verify(body, request.headers.get("sign"), key)
        row = {"body": body.decode()}
        await database.write(lambda session: session.connection().execute(_ADD, row))
        return Response("{}")

    return app


if __name__ == "__main__":
    port, url, key_file = sys.argv[1:]
    uvicorn.run(
        floor_app(Database(url), Path(key_file)),
        port=int(port),
        log_config=None,
        access_log=False,
    )
