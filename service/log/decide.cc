#include "service/log/decide.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "service/core/errors.h"
#include "service/core/limits.h"
#include "service/core/touchpoint.h"
#include "service/log/subjects.h"

namespace journey::log {
namespace {

absl::Status VersionMismatch(const v1::ExpectedVersion& expected,
                             int64_t current) {
  const std::string wanted =
      expected.has_none() ? "none" : absl::StrCat(expected.exact());
  const std::string type = core::SubjectTypeName(expected.subject().type());
  return core::MakeError(
      absl::StatusCode::kAborted, v1::ERROR_REASON_VERSION_MISMATCH,
      absl::StrCat("the version of ", type, " \"", expected.subject().id(),
                   "\" is ", current, ", expected was ", wanted,
                   ": read it again and decide anew"),
      {{"subject_type", type},
       {"subject_id", expected.subject().id()},
       {"expected", wanted},
       {"current", absl::StrCat(current)}});
}

absl::Status SubjectFull(const v1::Subject& subject) {
  const std::string type = core::SubjectTypeName(subject.type());
  core::ErrorMetadata metadata = core::MetadataOf(
      {"subject_touchpoints_max", core::kSubjectTouchpointsMax, "touchpoints"});
  metadata.emplace_back("subject_type", type);
  metadata.emplace_back("subject_id", subject.id());
  return core::MakeError(
      absl::StatusCode::kResourceExhausted, v1::ERROR_REASON_SUBJECT_FULL,
      absl::StrCat(type, " \"", subject.id(), "\" has ",
                   core::kSubjectTouchpointsMax,
                   " touchpoints, as many as a journey may have: look for a "
                   "junk identifier shared by many"),
      metadata);
}

// The field of a touchpoint that names a subject of this type.
const char* FieldOf(v1::SubjectType type) {
  switch (type) {
    case v1::SUBJECT_TYPE_ACCOUNT:
      return "account_id";
    case v1::SUBJECT_TYPE_CONTACT:
      return "contact_id";
    case v1::SUBJECT_TYPE_VISITOR:
      return "anonymous_id";
    default:
      return "deal_id";
  }
}

std::string Describe(const std::optional<core::SubjectRef>& subject) {
  if (!subject.has_value()) return "no subject";
  return absl::StrCat(core::SubjectTypeName(subject->type), " \"", subject->id,
                      "\"");
}

// What takes the place of a touchpoint must be written to the same subject.
absl::Status CheckSameSubject(const v1::Touchpoint& target,
                              const v1::Touchpoint& replacement) {
  const auto before = core::SubjectOf(target);
  const auto after = core::SubjectOf(replacement);
  if (before == after) return absl::OkStatus();
  // The most encompassing id decides, so it is the one that is wrong.
  const v1::SubjectType type =
      before.has_value() && after.has_value()
          ? std::min(before->type, after->type)
          : (before.has_value() ? before : after)->type;
  core::Violations violations;
  violations.Add(
      absl::StrCat("replacement.", FieldOf(type)),
      absl::StrCat("writes the replacement to ", Describe(after),
                   ", but the target is written to ", Describe(before),
                   "; give both the same subject, or use Retract and Append"));
  return violations.ToStatus();
}

// Decides one append. A batch may name an id more than once; `changed_` holds
// what the batch itself has done to each, so that the rest of it is decided
// as if it came later.
class Decider {
 public:
  Decider(const Append& append, const Facts& facts,
          const core::SenderClocks& clocks, core::Micros now)
      : append_(append), facts_(facts), clocks_(clocks), now_(now) {}

  absl::StatusOr<Decision> Run() {
    const size_t entries =
        append_.touchpoints.size() + append_.retractions.size();
    single_ = entries == 1;
    decision_.events.reserve(entries);
    decision_.response.mutable_results()->Reserve(static_cast<int>(entries));
    for (size_t i = 0; i < append_.touchpoints.size(); ++i) Touchpoint(i);
    for (size_t i = 0; i < append_.retractions.size(); ++i) Retraction(i);
    for (const auto& signal : append_.signals) Add().signal = signal;
    if (!conflicts_.empty()) return conflicts_.ToConflict();
    if (!wrong_kinds_.empty()) return wrong_kinds_.ToStatus();
    if (!decision_.events.empty()) {
      if (absl::Status status = CheckAddition(); !status.ok()) return status;
    }
    FillVersions();
    return std::move(decision_);
  }

 private:
  struct Change {
    IdEntry entry;
    const v1::Touchpoint* touchpoint = nullptr;
  };

  void Touchpoint(size_t i) {
    const std::shared_ptr<const v1::Touchpoint>& touchpoint =
        append_.touchpoints[i];
    Change& known =
        Known(touchpoint->source(), touchpoint->touchpoint_id(), facts_.ids[i]);
    if (known.entry.position == 0) {
      LogEvent& event = Add();
      event.touchpoint = touchpoint;
      if (const auto corrected =
              clocks_.CorrectedOccurredAt(*touchpoint, now_)) {
        CorrectOccurredAt(*corrected, event);
      }
      event.retracted_on_arrival = known.entry.retraction_position != 0;
      decision_.response.mutable_results()->rbegin()->set_retracted(
          event.retracted_on_arrival);
      NoteInertLinks(i, event);
      known.entry.position = event.position;
      known.touchpoint = touchpoint.get();
      added_touchpoints_.push_back(i);
    } else if (core::SameContent(*known.touchpoint, *touchpoint)) {
      Repeat(known.entry.position)
          .set_retracted(known.entry.retraction_position != 0);
    } else {
      conflicts_.Add(
          append_.id_name.empty()
              ? absl::StrCat("touchpoints[", i, "].touchpoint_id")
              : std::string(append_.id_name),
          "the id is known with other content; if the first copy is wrong, "
          "amend it: the right one gets a new id");
    }
  }

  void NoteInertLinks(size_t i, LogEvent& event) {
    if (facts_.inert_links.empty()) return;
    event.inert_links = facts_.inert_links[i];
    auto& result = *decision_.response.mutable_results()->rbegin();
    for (const v1::SubjectType type : event.inert_links) {
      result.add_inert_links(type);
    }
    decision_.inert_links += static_cast<int64_t>(event.inert_links.size());
  }

  void Retraction(size_t i) {
    const storage::v1::RetractionRecord& wanted = *append_.retractions[i];
    Change& known = Known(wanted.source(), wanted.touchpoint_id(),
                          facts_.ids[append_.touchpoints.size() + i]);
    if (append_.only_kind != v1::TOUCHPOINT_KIND_UNSPECIFIED &&
        known.touchpoint != nullptr &&
        core::KindOf(*known.touchpoint) != append_.only_kind) {
      wrong_kinds_.Add(
          append_.id_name,
          absl::StrCat("names a touchpoint of kind ",
                       core::KindName(core::KindOf(*known.touchpoint)),
                       ", not of ", core::KindName(append_.only_kind),
                       "; to withdraw all of it, use Retract"));
      return;
    }
    const bool is_waiting = known.entry.position == 0;
    if (known.entry.retraction_position != 0) {
      Repeat(known.entry.retraction_position).set_waiting(is_waiting);
      return;
    }
    auto record = std::make_shared<storage::v1::RetractionRecord>(wanted);
    record->set_target_position(known.entry.position);
    LogEvent& event = Add();
    event.retraction = std::move(record);
    decision_.response.mutable_results()->rbegin()->set_waiting(is_waiting);
    known.entry.retraction_position = event.position;
  }

  Change& Known(absl::string_view source, absl::string_view touchpoint_id,
                const IdFact& fact) {
    // Most appends hold one entry, which nothing in the batch can repeat.
    Change& known = single_ ? only_ : changed_[{{}, source, touchpoint_id}];
    if (known.entry.position == 0) {
      known.entry.position = fact.entry.position;
      known.touchpoint = fact.touchpoint;
    }
    if (known.entry.retraction_position == 0) {
      known.entry.retraction_position = fact.entry.retraction_position;
    }
    return known;
  }

  LogEvent& Add() {
    LogEvent& event = decision_.events.emplace_back();
    event.position =
        facts_.head_position + static_cast<int64_t>(decision_.events.size());
    event.received_at = now_;
    decision_.response.add_results()->set_position(event.position);
    return event;
  }

  v1::AppendResult& Repeat(int64_t position) {
    auto* result = decision_.response.add_results();
    result->set_position(position);
    result->set_repeated(true);
    ++decision_.repeated;
    return *result;
  }

  absl::Status CheckAddition() const {
    if (append_.is_amendment && facts_.ids.back().touchpoint != nullptr) {
      absl::Status status = CheckSameSubject(*facts_.ids.back().touchpoint,
                                             *append_.touchpoints.front());
      if (!status.ok()) return status;
    }
    for (size_t i = 0; i < append_.expected_versions.size(); ++i) {
      const v1::ExpectedVersion& expected = append_.expected_versions[i];
      const int64_t current = facts_.versions[i];
      if ((expected.has_exact() && expected.exact() != current) ||
          (expected.has_none() && current != 0)) {
        return VersionMismatch(expected, current);
      }
    }
    if (!facts_.full_subjects.empty()) {
      for (const size_t i : added_touchpoints_) {
        const v1::Subject* full = facts_.full_subjects[i].get();
        if (full != nullptr) return SubjectFull(*full);
      }
    }
    return facts_.storage_full ? core::StorageFullError() : absl::OkStatus();
  }

  // The versions after the append.
  void FillVersions() {
    for (size_t i = 0; i < append_.expected_versions.size(); ++i) {
      const v1::Subject& subject = append_.expected_versions[i].subject();
      int64_t version = facts_.versions[i];
      for (const size_t added : added_touchpoints_) {
        const NamedSubjects named({}, *append_.touchpoints[added]);
        version += !named.empty() && named.begin()->type == subject.type() &&
                   named.begin()->id == subject.id();
      }
      auto* out = decision_.response.add_versions();
      *out->mutable_subject() = subject;
      out->set_version(version);
    }
  }

  const Append& append_;
  const Facts& facts_;
  const core::SenderClocks& clocks_;
  const core::Micros now_;
  bool single_ = false;
  Change only_;
  absl::flat_hash_map<IdKey, Change> changed_;
  std::vector<size_t> added_touchpoints_;
  core::Violations conflicts_;
  core::Violations wrong_kinds_;
  Decision decision_;
};

}  // namespace

absl::StatusOr<Decision> Decide(const Append& append, const Facts& facts,
                                const core::SenderClocks& clocks,
                                core::Micros now) {
  return Decider(append, facts, clocks, now).Run();
}

}  // namespace journey::log
