"""Files, names, descriptions and labels that cannot be used."""

from __future__ import annotations

from compliance.errors.base import ComplianceError

__all__ = [
    "AlreadyStoredError",
    "ArchiveNamedAsTableError",
    "BadDatasetNameError",
    "BrokenQuotingError",
    "ChooseTableError",
    "DatabaseError",
    "DescriptionError",
    "EmptyFileError",
    "FileError",
    "FileMissingError",
    "FileTooLargeError",
    "HeadersDifferError",
    "ImageStillShowsError",
    "ImageTooLargeError",
    "LabelError",
    "NamingError",
    "NoRowsError",
    "NotATableError",
    "NotAnImageError",
    "TakenNameError",
    "TooManyColumnsError",
    "UndecodableTextError",
    "UnfoldsError",
    "UnknownColumnError",
    "UnknownDatasetError",
    "UnknownOutputError",
    "UnknownReleaseError",
    "UnknownRunError",
    "UnknownTableError",
    "UnknownTermError",
]


class FileError(ComplianceError):
    """A file or table cannot be taken in."""


class FileMissingError(FileError):
    sentence = "There is no file at {name}. Check the path, or upload the file instead."


class EmptyFileError(FileError):
    sentence = "{name} is empty. Export the table again and make sure that it holds rows."


class NotATableError(FileError):
    """The bytes are something else: a picture, a document, a program."""

    sentence = (
        "{name} is not a table: {reason}. "
        "Give a CSV, TSV, Excel, Parquet, JSON-lines or SQLite file."
    )


class ArchiveNamedAsTableError(FileError):
    sentence = "{name} is a ZIP archive under another name. Rename it to .zip, or unpack it first."


class BrokenQuotingError(FileError):
    sentence = (
        "{name}: a quotation mark opened on line {line} is not closed at the end of its cell, so "
        "rows cannot be told apart. Mend that line, or export the file again with quoting on."
    )


class UndecodableTextError(FileError):
    sentence = "{name}: the text encoding cannot be made out. Save the file as UTF-8 and try again."


class NoRowsError(FileError):
    sentence = "{name} has a header but no rows. Export the table again with its rows."


class TooManyColumnsError(FileError):
    sentence = (
        "{name} has {columns:,} columns; at most {limit:,} are taken. "
        "Keep the columns you need, or turn columns into rows."
    )


class FileTooLargeError(FileError):
    sentence = "{name} is larger than {limit}. Split it into several files with the same header."


class UnfoldsError(FileError):
    """A small file that would fill the memory."""

    sentence = (
        "{name} is small, but unfolds to {what}. Files of real data do not; save it anew, or give "
        "the table as CSV."
    )


class ChooseTableError(FileError):
    """A file holds several tables; `tables` names them."""

    sentence = "{name} holds several tables: {tables}. Say which one (--table on the command line)."

    @property
    def choices(self) -> tuple[str, ...]:
        """All that may be asked for."""
        given = self.facts.get("choices", ())
        return tuple(map(str, given)) if isinstance(given, tuple) else ()


class UnknownTableError(FileError):
    sentence = "{name} has no table named “{table}”. It holds: {tables}."


class HeadersDifferError(FileError):
    sentence = (
        "{name} has another header than {first}: {difference}. "
        "Only files with the same columns become one table; add the others on their own."
    )


class DatabaseError(FileError):
    sentence = "The database cannot be read: {reason}. Check the address, the name and the rights."


class NamingError(ComplianceError):
    """A name cannot be used."""


class BadDatasetNameError(NamingError):
    sentence = (
        "That name cannot be used. Start with a letter or a digit and go on with letters, digits, "
        "spaces, dots, hyphens or underscores, {limit} characters at most."
    )


class UnknownDatasetError(NamingError):
    sentence = "There is no dataset named “{name}”. Known: {known}."


class AlreadyStoredError(NamingError):
    sentence = (
        "The same table is already stored as “{name}”. Use that one: storing it twice would give "
        "the same people a second privacy budget."
    )


class TakenNameError(NamingError):
    sentence = "There is a dataset named “{name}” already. Choose another name."


class UnknownTermError(NamingError):
    sentence = "The glossary has no term “{term}”. `glossary` lists all of them."


class UnknownColumnError(NamingError):
    sentence = "There is no column “{column}” in {dataset}. Its columns: {known}."


class UnknownReleaseError(NamingError):
    sentence = "There is no release “{release}” from {dataset}. Known: {known}."


class UnknownRunError(NamingError):
    """No federated run of the dataset has this id."""

    sentence = "There is no run “{run}” of {dataset}. Its runs are listed under Federated."


class UnknownOutputError(NamingError):
    """No anonymisation of the dataset has this id."""

    sentence = "There is no anonymised output “{anonymised}” of {dataset}. Name it by its id."


class DescriptionError(ComplianceError):
    sentence = "{field} cannot be “{given}”. It may be: {known}."


class LabelError(ComplianceError):
    sentence = "“{given}” is not a known {kind}. Known: {known}."


class NotAnImageError(FileError):
    """The bytes are no picture that can be read."""

    sentence = (
        "The file is not an image that can be read: {reason}. "
        "Give a PNG, JPEG, WebP, TIFF, GIF or BMP file."
    )


class ImageTooLargeError(FileError):
    """Told from the header, before anything is decoded."""

    sentence = (
        "The image is larger than can be read: at most {pixels:,} pixels on a page, {side:,} on a "
        "side, and {pages} pages. Save a smaller copy, or split the file."
    )


class ImageStillShowsError(FileError):
    """A redacted image was read again and is not clean."""

    sentence = (
        "The redacted image was read {readings} times and still shows something: {left}. "
        "No copy was made. Cover these places by hand, or crop the image."
    )
