"""A little RDF: nodes with properties, written as JSON-LD and as Turtle (W3C Recommendations)."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

PREFIXES = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


@dataclass(frozen=True)
class Link:
    """Another resource, by its address."""

    address: str


@dataclass(frozen=True)
class Words:
    """A text in a language, or a literal of a type ('' for plain text)."""

    text: str
    language: str = ""
    type: str = ""


@dataclass
class Node:
    """A resource with a type and properties; without an address it is a blank node."""

    address: str
    type: str
    properties: "dict[str, list[Value]]" = field(default_factory=dict)

    def add(self, name: str, *values: "Value") -> "Node":
        if values:
            self.properties.setdefault(name, []).extend(values)
        return self


Value = Link | Words | Node


def literal(text: str) -> Words:
    return Words(text)


def typed(text: str, kind: str) -> Words:
    return Words(text, type=kind)


def write_jsonld(node: Node) -> bytes:
    return (json.dumps({"@context": PREFIXES, **_object(node)}, ensure_ascii=False, indent=1) + "\n").encode()


def write_turtle(node: Node) -> bytes:
    """Resources with an address stand by themselves, each once; blank nodes stand where they are used."""
    told: dict[str, Node] = {}
    _gather(node, told)
    lines = [f"@prefix {prefix}: <{address}> ." for prefix, address in PREFIXES.items()]
    for one in told.values():
        lines += ["", f"<{one.address}> a {one.type}" + "".join(_properties(one, "    ")) + " ."]
    return ("\n".join(lines) + "\n").encode()


def _gather(node: Node, told: dict[str, Node]) -> None:
    if node.address:
        told.setdefault(node.address, node)
    for values in node.properties.values():
        for value in values:
            if isinstance(value, Node):
                _gather(value, told)


def _properties(node: Node, margin: str) -> Iterator[str]:
    for name, values in node.properties.items():
        yield f" ;\n{margin}{name} " + ", ".join(_turtle(value, margin) for value in values)


def _turtle(value: Value, margin: str) -> str:
    if isinstance(value, Link):
        return f"<{value.address}>"
    if isinstance(value, Node):
        if value.address:
            return f"<{value.address}>"
        return f"[ a {value.type}" + "".join(_properties(value, margin + "    ")) + " ]"
    text = json.dumps(value.text, ensure_ascii=False)
    return text + (f"@{value.language}" if value.language else f"^^{value.type}" if value.type else "")


def _object(node: Node) -> dict[str, Any]:
    told: dict[str, Any] = {"@id": node.address} if node.address else {}
    told["@type"] = node.type
    for name, values in node.properties.items():
        written = [_json(value) for value in values]
        told[name] = written if len(written) > 1 else written[0]
    return told


def _json(value: Value) -> Any:
    if isinstance(value, Link):
        return {"@id": value.address}
    if isinstance(value, Node):
        return _object(value)
    if value.language:
        return {"@value": value.text, "@language": value.language}
    return {"@value": value.text, "@type": value.type} if value.type else value.text
