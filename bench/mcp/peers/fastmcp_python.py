"""FastMCP for Python with its JWT verifier, stateless, JSON answers, on uvicorn with its fastest loop and parser."""

import os

import uvicorn
from fastmcp import FastMCP
from fastmcp.server.auth.providers.jwt import JWTVerifier

auth = JWTVerifier(
    public_key=os.environ["BENCH_SECRET"],
    algorithm="HS256",
    issuer=os.environ["BENCH_ISSUER"],
    audience=os.environ["BENCH_AUDIENCE"],
)
server = FastMCP("echo", auth=auth)


@server.tool(output_schema=None)
def echo(text: str) -> str:
    """Says what it is told."""
    return text


uvicorn.run(
    server.http_app(path="/mcp", stateless_http=True, json_response=True),
    host=os.environ["HOST"],
    port=int(os.environ["PORT"]),
    loop="uvloop",
    http="httptools",
    log_level="error",
    access_log=False,
)
