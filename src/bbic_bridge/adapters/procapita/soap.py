"""SOAP 1.1 around a message: document/literal, one element in the body."""

from lxml import etree

from bbic_bridge.contracts.xml import Element, XmlRefused, parse_untrusted

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
FAULT = f"{{{SOAP}}}Fault"


def envelope(message: Element) -> bytes:
    """The message in its envelope, as bytes to send."""
    root = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"soap": SOAP})
    etree.SubElement(root, f"{{{SOAP}}}Body").append(message)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


def content(body: bytes, max_bytes: int) -> Element:
    """The element in the body of an envelope; may be a fault.

    Raises:
        XmlRefused: not sound XML, or no envelope with exactly one element in its body.
    """
    root = parse_untrusted(body, max_bytes)
    bodies = root.findall(f"{{{SOAP}}}Body")
    if root.tag != f"{{{SOAP}}}Envelope" or len(bodies) != 1 or len(bodies[0]) != 1:
        raise XmlRefused("envelope", "not a SOAP 1.1 envelope with one element in its body")
    return bodies[0][0]


def action(body: bytes) -> str:
    """The SOAPAction header (SOAP 1.1, 6.1.1) for an envelope of ours: namespace/element."""
    name = etree.QName(content(body, len(body)))
    return f'"{name.namespace}/{name.localname}"'


def fault_detail(element: Element) -> Element | None:
    """The one element in a fault's detail; None where it is no fault or says nothing."""
    detail = element.find("detail") if element.tag == FAULT else None
    return detail[0] if detail is not None and len(detail) == 1 else None
