from segmentation.models.events import SegmentEvent
from segmentation.models.grid import ClientSegment, ClientSegmentQuerySet, GridThresholds, SegmentationRun
from segmentation.models.matrix import ClientCell, MatrixReference, MatrixRun
from segmentation.models.own import OwnMember, OwnSegment, OwnSegmentation
from segmentation.models.playbooks import DilemmaDiagnosis, PlaybookText, PlayedStep
from segmentation.models.readiness import (
    AccompanimentStep,
    ClientReadiness,
    MigrationFacts,
    ReadinessAssumptions,
    ReadinessRun,
    WaveOpening,
)

__all__ = [
    "AccompanimentStep",
    "ClientCell",
    "ClientReadiness",
    "ClientSegment",
    "ClientSegmentQuerySet",
    "DilemmaDiagnosis",
    "GridThresholds",
    "MatrixReference",
    "MatrixRun",
    "MigrationFacts",
    "OwnMember",
    "OwnSegment",
    "OwnSegmentation",
    "PlaybookText",
    "PlayedStep",
    "ReadinessAssumptions",
    "ReadinessRun",
    "SegmentEvent",
    "SegmentationRun",
    "WaveOpening",
]  # fmt: skip
