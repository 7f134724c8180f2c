"""What can go wrong that an officer can mend, as one tree.

* ComplianceError                 any of these: shown as one sentence, exit code 2
  + FileError                     a file or table cannot be taken in
    - FileMissingError, EmptyFileError, NotATableError, ArchiveNamedAsTableError
    - BrokenQuotingError, UndecodableTextError, NoRowsError, TooManyColumnsError, FileTooLargeError
    - UnfoldsError
    - ChooseTableError, UnknownTableError, HeadersDifferError, DatabaseError
    - NotAnImageError, ImageTooLargeError, ImageStillShowsError
  + NamingError                   a name cannot be used
    - BadDatasetNameError, UnknownDatasetError, AlreadyStoredError, UnknownColumnError
    - TakenNameError, UnknownReleaseError, UnknownRunError, UnknownOutputError
    - UnknownTermError
  + DescriptionError              a dataset's description holds something unknown
  + KeptError                     a table that is kept elsewhere cannot be used so
    - KeptElsewhereError, UnknownWarehouseError, WarehouseError, NoEngineError
    - SourceChangedError
  + LabelError                    a correction names a type or class that does not exist
  + QueryError                    a query cannot be asked
    - MalformedQueryError, MissingUnitError, BadBoundsError, NotANumberColumnError
    - BadConditionError, TooManyGroupsError, JoinError, OutOfReachError
    - NothingToAttackError
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
    - MissingPersonError, UntestableError, DivergedError, CheckpointError, DeploymentError
  + AnonymisationError            a table cannot be anonymised so
    - HierarchyError, MalformedRecipeError, NoPopulationError, NothingAllowedError
    - TooManyNodesError, NoRecodingError, TooFewBasketsError
    - TreatmentError, VaultError, AttackError, StillAtRiskError, NothingLeftError
    - UnknownRecipeError, DriftedError
  + PackError                     a pack of rules cannot be used; says the line
  + SaidTwiceError                     two values for one thing
  + UnknownRuleError, UnknownLawError, UnknownPackError   no rule, law or pack of that name
  + SecureSumError                sites' numbers cannot be summed unseen
    - SecureTermsError, TooFewSurvivorsError, ShareError, SecureQuestionError
  + RecordError                   a record of the register cannot be kept
    - UnknownKindError, UnknownRecordError, RecordFieldError, RecordsRefusedError
    - RecordFileError, RecordInUseError
  + ResidencyError                data cannot be said to move so
    - UnknownCountryError, MovementRefusedError, MovementFactError
  + ImpactError                   an impact assessment cannot be made or changed so
    - UnknownImpactError, ImpactInputError, ImpactIncompleteError, ImpactOutdatedError
    - ConsultationError, NothingAssessedError
  + UnknownFindingError           a finding that is not on record
  + FindingError                  what was asked of a finding cannot be
  + UnknownRemedyError            a remedy that a finding does not have
  + RemedyError                   a remedy cannot be tried or applied
    - UnsaidError
  + RecordError                   a record of the register cannot be kept
    - UnknownKindError, UnknownRecordError, RecordFieldError, RecordsRefusedError
    - RecordFileError, RecordInUseError
  + TrailError                    a checkpoint or export cannot be read
  + UnknownAlarmError             there is no such alarm
  + AcknowledgementError          an alarm cannot be taken as looked into
  + NothingToReportError          the report has nothing to stand on
  + NothingReleasedError          a report or disclosure has no release to be about
  + NothingTrainedError           a report has no federated run to be about
  + NothingAnonymisedError        a report has no anonymised output to be about
  + ReportChoiceError             one thing was named for a report that is not about one
  + CannotWriteError              a file that was asked for cannot be written there
  + ClockError                    a deadline cannot be counted
  + ScheduleError                 a schedule of audits cannot be kept
  + UnknownScheduleError          there is no such schedule
  + NoMailServerError             people are to be told by e-mail, but no server is set
  + RightsError                   a request or a consent cannot be dealt with so
    - SealedError, UnknownRequestError, RequestStepError
    - RequestInputError, RequestFileError, HeldError
    - SignalError, FulfilmentError, CorrectionError
    - TellingError, LetterError, ConsentFileError
    - ConsentRefusedError, NotUsableError, PurposeError, UnknownPurposeError
    + HoldError
      - UnknownHoldError
    + TracingError
      - NothingToLookForError, UnknownMatchError, TooManyPeopleError
    + ErasingError
      - ErasingBusyError, ErasedMeanwhileError, UnknownErasureError
  + ProofError                    a proof, its log or a signed report cannot be made or read
    - SignerError, NotAReportError, NoSuchFormatError
    - BrokenTrailError, NoSuchEntryError, NotProvableError
    - UnknownNodeError, EventFileError, ForeignNameError
    - AnchorError, UnknownAnchorError, TimeStampError
    - UnknownNodeError
      - UndecidedMentionsError
  + AccessError                   somebody may not do this, or not so
    - NotPermittedError, SignInError, SignInNotReadyError, ElsewhereError
      - VisitOverError
    - AccountError, UnknownAccountError
    - ApprovalNeededError, ApprovalError, UnknownApprovalError
  + MissingGroupError             an optional group of packages is not installed
  + GrantsError                   a role of the database cannot be called so
  + BackupError                   a file is no backup that can be trusted
  + NotBackedUpError, NotRestoredError   no backup can be made, or none restored there
  + NameModelError                a language model that is named is not there
  + WorkStoppedError              the process that did it ended before the work did
  + WorkspaceError                the workspace folder or its records cannot be used

A message says what happened, the limit, and what to do. It never holds a cell value and never
another library's text: column names, counts and limits only. Facts are keyword arguments, kept
as `facts`, so that a translation can fill the same blanks.
"""

from __future__ import annotations

from compliance.errors import (
    access,
    anonymising,
    base,
    data,
    governance,
    keeping,
    learning,
    privacy,
    proof,
    records,
    rights,
)
from compliance.errors.access import *  # noqa: F403
from compliance.errors.anonymising import *  # noqa: F403
from compliance.errors.base import *  # noqa: F403
from compliance.errors.data import *  # noqa: F403
from compliance.errors.governance import *  # noqa: F403
from compliance.errors.keeping import *  # noqa: F403
from compliance.errors.learning import *  # noqa: F403
from compliance.errors.privacy import *  # noqa: F403
from compliance.errors.proof import *  # noqa: F403
from compliance.errors.records import *  # noqa: F403
from compliance.errors.rights import *  # noqa: F403

# Each file of the tree lists its own; a new error is added there and drawn above.
__all__ = [  # noqa: PLE0604 - lists of strings
    *access.__all__,
    *anonymising.__all__,
    *base.__all__,
    *data.__all__,
    *governance.__all__,
    *keeping.__all__,
    *learning.__all__,
    *privacy.__all__,
    *proof.__all__,
    *records.__all__,
    *rights.__all__,
]
