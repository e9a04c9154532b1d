"""Scripts and styles go out compressed, pages do not."""

import gzip
from collections.abc import Callable

from tests.agent_console.conftest import Visitor
from tests.agent_console.scene import Scene

WANTED = {"Accept-Encoding": "gzip, br"}


def test_a_style_comes_compressed_to_who_can_read_it(visitor: Callable[..., Visitor]) -> None:
    somebody = visitor()
    plain = somebody.get("/static/css/desk.css")
    assert "Content-Encoding" not in plain.headers
    for _ in range(2):
        small = somebody.get("/static/css/desk.css", headers=WANTED)
        assert small.headers["Content-Encoding"] == "gzip"
        assert "Accept-Encoding" in small.headers["Vary"]
        assert gzip.decompress(small.data) == plain.data
        assert int(small.headers["Content-Length"]) == len(small.data) < len(plain.data)


def test_who_has_the_version_gets_nothing_again(visitor: Callable[..., Visitor]) -> None:
    somebody = visitor()
    version = somebody.get("/static/css/desk.css", headers=WANTED).headers["ETag"]
    again = somebody.get("/static/css/desk.css", headers={**WANTED, "If-None-Match": version})
    assert (again.status_code, again.data) == (304, b"")


def test_a_page_is_not_compressed(visitor: Callable[..., Visitor], scene: Scene) -> None:
    scene.person("1001")
    somebody = visitor()
    somebody.sign_in("1001")
    assert "Content-Encoding" not in somebody.get("/desk", headers=WANTED).headers
