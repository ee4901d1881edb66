"""Shows an address to whoever holds a link: enough for its owner to know it, too little for anybody else."""


def mask_address(address: str) -> str:
    """`a•••e@gmail.com`; short names show their first letter only."""
    local, at, domain = address.rpartition("@")
    last = local[-1] if len(local) > 3 else ""
    return f"{local[:1]}•••{last}{at}{domain}"
