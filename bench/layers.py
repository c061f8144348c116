"""What the layers weigh unpacked, in megabytes: `python -m bench.layers`, after `make build`."""

from local.runtime import BUILD

LAYERS = {
    "layer_core_mb": "CoreLayer",
    "layer_connectors_mb": "ConnectorsLayer",
    "layer_chain_mb": "ChainLayer",
}


def main() -> None:
    if not BUILD.exists():
        raise SystemExit("nothing is built: run `make build` first")
    for name, layer in LAYERS.items():
        size = sum(path.stat().st_size for path in (BUILD / layer).rglob("*") if path.is_file())
        print(f"{name}: {size / 1024 / 1024:.1f}")


if __name__ == "__main__":
    main()
