"""An SMTP conversation as a person may read it: who said what, without credentials and without the mail itself."""

HIDDEN = "(hidden)"


class Conversation:
    """Hears the pieces as they are sent and received, in order."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._last_reply = b""

    def hear(self, is_ours: bool, piece: bytes) -> None:
        if not is_ours:
            self._last_reply = piece
            self._add("<", piece)
        elif self._last_reply.startswith(b"334"):
            # What answers a challenge is a user name or a password (RFC 4954).
            self._lines.append(f"> {HIDDEN}")
        elif piece.upper().startswith(b"AUTH "):
            self._lines.append(f"> {' '.join(piece.decode('ascii', 'replace').split()[:2])} {HIDDEN}")
        elif b"354" in (line[:3] for line in self._last_reply.splitlines()):
            self._lines.append(f"> (the mail, {len(piece):,} bytes)")
            self._last_reply = b""
        else:
            self._add(">", piece)

    def text(self) -> str:
        return "\n".join(self._lines)

    def _add(self, who: str, piece: bytes) -> None:
        self._lines += [f"{who} {line}" for line in piece.decode("utf-8", "replace").splitlines()]
