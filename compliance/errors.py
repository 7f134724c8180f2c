"""What can go wrong that an officer can mend, as one tree.

* ComplianceError                 any of these: shown as one sentence, exit code 2
  + FileError                     a file or table cannot be taken in
    - FileMissingError, EmptyFileError, NotATableError, ArchiveNamedAsTableError
    - BrokenQuotingError, UndecodableTextError, NoRowsError, TooManyColumnsError, FileTooLargeError
    - ChooseTableError, UnknownTableError, HeadersDifferError, DatabaseError
  + NamingError                   a name cannot be used
    - BadDatasetNameError, UnknownDatasetError, AlreadyStoredError, UnknownColumnError
    - TakenNameError, UnknownReleaseError
  + DescriptionError              a dataset's description holds something unknown
  + LabelError                    a correction names a type or class that does not exist
  + QueryError                    a query cannot be asked
    - MalformedQueryError, MissingUnitError, BadBoundsError, NotANumberColumnError, JoinError
    - BadConditionError, TooManyGroupsError, OutOfReachError, NothingToAttackError
  + PrivacyParameterError         ε, δ or a noise setting is outside what it may be
  + BudgetExceededError           asks for more privacy loss than is left
  + CapExceededError              asks for more than this actor may still spend of it
  + ReservationEndedError         a release took longer than its place in the budget was kept
  + BudgetBelowSpentError         a budget smaller than what is spent
  + SecondBudgetError             people who have spent budget would get another one
  + NothingPublishedError         paid for, but no group may be shown
  + NothingInventedError          paid for, but no row was invented
  + PlanError                     a federated plan cannot be run
    - MalformedPlanError, TargetError, TooFewSitesError, TooManySitesError, NoFeaturesError
    - DivergedError, CheckpointError, DeploymentError
  + SecureSumError                sites' numbers cannot be summed unseen
    - SecureTermsError, TooFewSurvivorsError, ShareError, SecureQuestionError
  + TrailError                    a checkpoint or export cannot be read
  + NothingToReportError          the report has nothing to stand on
  + NothingReleasedError          a report or disclosure has no release to be about
  + ReportChoiceError             a release was named for a report that is not about one
  + CannotWriteError              a file that was asked for cannot be written there
  + MissingGroupError             an optional group of packages is not installed
  + WorkspaceError                the workspace folder or its records cannot be used

A message says what happened, the limit, and what to do; never a cell value or another library's
text: column names, counts, limits only. Facts are keywords, kept in `facts` for translations.
"""

from __future__ import annotations

from string import Formatter
from typing import ClassVar


class ComplianceError(Exception):
    """The officer can act on it: one plain sentence that says what to do."""

    sentence: ClassVar[str] = "{reason}"

    def __init__(self, **facts: object) -> None:
        blanks = {name for _, name, _, _ in Formatter().parse(self.sentence) if name}
        if missing := blanks - facts.keys():
            raise TypeError(f"{type(self).__name__} needs {sorted(missing)}")
        self.facts = facts
        super().__init__(self.sentence.format(**facts))


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


class ChooseTableError(FileError):
    """A file holds several tables; `tables` names them."""

    sentence = "{name} holds several tables: {tables}. Say which one (--table on the command line)."


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


class UnknownColumnError(NamingError):
    sentence = "There is no column “{column}” in {dataset}. Its columns: {known}."


class UnknownReleaseError(NamingError):
    sentence = "There is no release “{release}” from {dataset}. Known: {known}."


class DescriptionError(ComplianceError):
    sentence = "{field} cannot be “{given}”. It may be: {known}."


class LabelError(ComplianceError):
    sentence = "“{given}” is not a known {kind}. Known: {known}."


class QueryError(ComplianceError):
    """A query cannot be asked."""


class MalformedQueryError(QueryError):
    sentence = "The query cannot be read at “{place}”: {reason}."


class MissingUnitError(QueryError):
    sentence = (
        "Say whose privacy is protected: the column that tells one person from another "
        "(“unit” in a query file). {hint}"
    )


class BadBoundsError(QueryError):
    sentence = (
        "{statistic}: {reason}. Bounds come from what you know, not from looking at the data."
    )


class NotANumberColumnError(QueryError):
    sentence = "{statistic} needs numbers, but column “{column}” holds {type}."


class BadConditionError(QueryError):
    sentence = (
        "The condition cannot be read: {reason}. Write a comparison such as: Quantity > 0 "
        "(several may be joined with “and”)."
    )


class TooManyGroupsError(QueryError):
    sentence = (
        "The groups would be {groups:,}; at most {limit:,} are taken. "
        "Group by fewer columns, or list the public keys you need."
    )


class JoinError(QueryError):
    sentence = "“{dataset}” cannot be joined: {reason}."


class OutOfReachError(QueryError):
    sentence = (
        "No ε up to {limit} makes {statistic} that exact. Allow a wider margin, group more "
        "coarsely, or narrow the bounds."
    )


class NothingToAttackError(QueryError):
    sentence = (
        "There is nothing to attack: the question asks for no count or sum, or nobody counts in "
        "it. Add a count, or loosen the filter."
    )


class PrivacyParameterError(ComplianceError):
    sentence = "{name} cannot be {given}: {reason}."


class BudgetExceededError(ComplianceError):
    """A release or a run asks for more privacy loss than is left."""

    sentence = (
        "Not enough privacy budget: this asks for ε = {asked} (δ = {delta}). Spent so far: "
        "ε = {spent} of {total}{period}. At most ε = {left} is left for one more release at "
        "this δ. Lower ε, or ask for a larger budget."
    )


class CapExceededError(ComplianceError):
    """An actor's release or run asks for more than that actor's part of the budget."""

    sentence = (
        "“{actor}” may spend ε = {cap} of this budget and has spent {spent}: at most ε = {left} is "
        "left for one more release at this δ, and this asks for ε = {asked} (δ = {delta}); lower "
        "ε, or have the cap raised."
    )


class ReservationEndedError(ComplianceError):
    """Drawn too late: the value was thrown away unseen, and the budget is as it was."""

    sentence = (
        "The release took too long: its place in the budget was kept until {ended}. Nothing was "
        "published and nothing is spent. Ask again."
    )


class BudgetBelowSpentError(ComplianceError):
    sentence = (
        "The budget cannot be set to ε = {asked} (δ = {delta}): more than that is spent already. "
        "What was published cannot be taken back."
    )


class SecondBudgetError(ComplianceError):
    sentence = (
        "The people in {name} have spent privacy budget as “{before}”. As “{after}” they would get "
        "a second budget, so the population stays as it is."
    )


class NothingPublishedError(ComplianceError):
    """A release went through, was paid for and is stored, but no group may be shown."""

    sentence = (
        "No group reached the threshold of {threshold} people, so nothing can be published. The "
        "answer “none” has cost ε = {spent} as well and is stored as {release}. Group more "
        "coarsely, list the keys that are public, or ask without groups."
    )


class NothingInventedError(ComplianceError):
    sentence = (
        "No row could be invented, so there is no new dataset. The attempt {synthesis} is paid "
        "for. Ask for a larger ε, or for fewer and coarser columns."
    )


class PlanError(ComplianceError):
    """A federated plan cannot be run."""


class MalformedPlanError(PlanError):
    sentence = "The federated plan cannot be read at “{place}”: {reason}."


class TargetError(PlanError):
    sentence = "The target “{column}” {reason}. Choose a column with {needed}."


class TooFewSitesError(PlanError):
    sentence = (
        "{sites} site(s) of “{column}” can train; at least 2 are needed. "
        "A site needs at least {minimum} records."
    )


class TooManySitesError(PlanError):
    sentence = "Column “{column}” gives {sites:,} sites; at most {limit:,} are taken."


class NoFeaturesError(PlanError):
    sentence = (
        "No column is left to learn from: direct identifiers, free text, the target and the site "
        "column are set aside. Name the columns under “features”."
    )


class DivergedError(PlanError):
    sentence = (
        "Training went astray in round {round}: the model is no longer a number. "
        "Lower the learning rate and start again."
    )


class SecureSumError(ComplianceError):
    """Sites' numbers cannot be summed unseen; sites are counted from 1."""


class SecureTermsError(SecureSumError):
    sentence = "A secure sum cannot be made so: {reason}."


class TooFewSurvivorsError(SecureSumError):
    sentence = (
        "Only {left} site(s) are left in the round, but a secure sum needs {threshold}. Nothing "
        "was opened. Start the round again when more sites can be reached."
    )


class ShareError(SecureSumError):
    sentence = (
        "Keys or shares of site {site} were lost or changed on the way, so the secure sum cannot "
        "be opened. Start the round again; if it happens again, look at that site's connection."
    )


class SecureQuestionError(SecureSumError):
    sentence = (
        "Site {site} was asked for {asked}, and refuses: that could show one site's numbers. "
        "Start the round again; if it happens again, look at the server."
    )


class CheckpointError(PlanError):
    sentence = "The run cannot be taken up again: {reason}. Start it anew."


class DeploymentError(PlanError):
    sentence = "The federation cannot be deployed or run: {reason}."


class TrailError(ComplianceError):
    sentence = "{name} cannot be read as a {kind} of this trail. Give the file that was exported."


class NothingToReportError(ComplianceError):
    sentence = "There is nothing to report yet. Load a dataset first, or open the demo shop."


class NothingReleasedError(ComplianceError):
    sentence = "Nothing has been released from {dataset} yet. Publish a statistic first."


class ReportChoiceError(ComplianceError):
    sentence = (
        "A report of kind {kind} is not about one release. Leave the release out, or build the "
        "release report."
    )


class CannotWriteError(ComplianceError):
    sentence = "{name} cannot be written: {reason}."


class MissingGroupError(ComplianceError):
    sentence = (
        "{what} needs the optional group “{group}”, which is not installed. Install it with: "
        "pip install '.[{group}]' in the folder of Privacy Desk."
    )


class WorkspaceError(ComplianceError):
    sentence = "The workspace at {home} cannot be used: {reason}."
