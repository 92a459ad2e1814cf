"""QR codes, as a picture in a page and as one in a PDF."""

import base64
import io


def svg(text: str, *, border: int = 2) -> str:
    """The picture as base64, for the address of an `<img>`; `border` in squares of the code."""
    import qrcode  # 9 MB, which only a process that draws one needs
    from qrcode.image.svg import SvgPathImage

    picture = qrcode.make(text, image_factory=SvgPathImage, border=border)
    return base64.b64encode(picture.to_string()).decode()


def png(text: str) -> io.BytesIO:
    """The picture as a file."""
    import qrcode  # as above

    out = io.BytesIO()
    qrcode.make(text, border=1).save(out)
    out.seek(0)
    return out
