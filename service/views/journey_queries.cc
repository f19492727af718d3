#include "service/views/journey_queries.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "projections/conclude.h"
#include "projections/scoring/decay.h"
#include "service/core/errors.h"
#include "service/core/limits.h"
#include "service/core/touchpoint.h"
#include "service/views/keys.h"
#include "service/views/page.h"
#include "service/views/rule_conditions.h"
#include "service/views/segment_queries.h"

namespace journey::views {
namespace {

// The journey of a subject; unset when there is none by then.
absl::StatusOr<std::optional<v1::Journey>> Find(Reader& reader,
                                                const v1::Subject& subject) {
  std::optional<v1::Journey> out;
  const auto journey = reader.JourneyOf(subject);
  if (!journey.ok()) return journey.status();
  if (!journey->has_value()) return out;
  const auto folded = reader.Fold(**journey);
  if (!folded.ok()) return folded.status();
  if (!folded->has_value()) return out;
  out = projections::ConcludeJourney(reader.rules(), (*folded)->fold,
                                     (*folded)->instant);
  return out;
}

bool IsWithin(const v1::ScoreRange& range, double points) {
  if (range.has_min() && points < range.min() - projections::kScoreTolerance) {
    return false;
  }
  return !range.has_max() ||
         points <= range.max() + projections::kScoreTolerance;
}

bool MatchesScores(const v1::ListJourneysRequest& request,
                   const v1::Scores& scores) {
  return IsWithin(request.behaviour_score(), scores.behaviour().points()) &&
         IsWithin(request.fit_score(), scores.fit().points());
}

bool Matches(const v1::ListJourneysRequest& request,
             const v1::Journey& journey) {
  if (!request.stage_id().empty() &&
      journey.stage().stage_id() != request.stage_id()) {
    return false;
  }
  if (request.lead_status() != v1::LEAD_STATUS_UNSPECIFIED &&
      journey.lead().status() != request.lead_status()) {
    return false;
  }
  if (request.segment() != v1::SEGMENT_UNSPECIFIED &&
      std::none_of(journey.segments().begin(), journey.segments().end(),
                   [&](const v1::SegmentStanding& standing) {
                     return standing.segment() == request.segment();
                   })) {
    return false;
  }
  if (request.subject_type() != v1::SUBJECT_TYPE_UNSPECIFIED &&
      journey.subject().type() != request.subject_type()) {
    return false;
  }
  if (!request.owner_id().empty() && journey.owner_id() != request.owner_id()) {
    return false;
  }
  return MatchesScores(request, journey.scores());
}

// Where a list of journeys is read: keys with `prefix`, from `first` on and
// before `end`, each ending with the journey's subject.
struct ListRange {
  std::string name;
  std::string prefix;
  std::string first;
  std::string end;
  // Bytes between the prefix and the subject.
  size_t skip = 0;
  // Entries of a segment that begin after this instant are passed over.
  std::optional<core::Micros> begun_by = std::nullopt;
};

// The narrowest index for the conditions. The present state is indexed; for a
// past instant all journeys are looked at.
ListRange RangeOf(const Reader& reader, const v1::ListJourneysRequest& request,
                  core::Micros now) {
  const std::string& tenant_id = reader.tenant_id();
  ListRange range;
  range.name = "journeys";
  range.prefix = JourneyPrefix(tenant_id);
  if (!reader.is_past()) {
    if (!request.owner_id().empty()) {
      range.name = "owner";
      range.prefix = OwnerPrefix(tenant_id, request.owner_id());
    } else if (!request.stage_id().empty()) {
      range.name = "stage";
      range.prefix = StagePrefix(
          tenant_id, reader.rules().ConditionOf(request.stage_id()));
      range.skip = sizeof(core::Micros);
    } else if (request.lead_status() != v1::LEAD_STATUS_UNSPECIFIED) {
      range.name = "lead_status";
      range.prefix = LeadStatusPrefix(tenant_id, request.lead_status());
      range.skip = sizeof(core::Micros);
    } else if (request.segment() != v1::SEGMENT_UNSPECIFIED) {
      const core::Micros instant = reader.as_of().value_or(now);
      const SegmentRange segment(tenant_id, request.segment(), instant);
      return {"segment",
              segment.prefix,
              segment.first,
              segment.end,
              SegmentRange::kSubjectOffset,
              instant};
    }
  }
  range.first = range.prefix;
  range.end = PrefixEnd(range.prefix);
  if (range.skip > 0) {
    // What is over by then stands before this key.
    AppendInstant(reader.as_of().value_or(now) + 1, range.first);
  }
  return range;
}

// Adds one journey of a list if it matches.
absl::Status AddListed(Reader& reader, const v1::ListJourneysRequest& request,
                       absl::string_view subject_key,
                       v1::ListJourneysResponse& response) {
  v1::Subject subject;
  if (!ConsumeSubject(subject_key, subject)) {
    return core::DamagedError("views: a key of a list is damaged");
  }
  if (request.subject_type() != v1::SUBJECT_TYPE_UNSPECIFIED &&
      request.subject_type() != subject.type()) {
    return absl::OkStatus();
  }
  const auto folded = reader.Fold(subject);
  if (!folded.ok()) return folded.status();
  if (!folded->has_value()) return absl::OkStatus();
  v1::Journey journey = projections::ConcludeJourney(
      reader.rules(), (*folded)->fold, (*folded)->instant);
  if (Matches(request, journey)) {
    *response.add_journeys() = std::move(journey);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::GetJourneyResponse> GetJourney(
    const QueryContext& context, const v1::GetJourneyRequest& request) {
  const auto reader = Reader::Make(context, request.tenant_id(), AsOf(request),
                                   context.clock->Now(), KnownAt(request));
  if (!reader.ok()) return reader.status();
  const auto version = (*reader)->VersionOf(request.subject());
  if (!version.ok()) return version.status();
  auto journey = Find(**reader, request.subject());
  if (!journey.ok()) return journey.status();
  if (!journey->has_value()) return SubjectNotFound(request.subject());
  v1::GetJourneyResponse response;
  response.set_subject_version(*version);
  response.set_log_position((*reader)->log_position());
  response.mutable_journey()->Swap(&**journey);
  return response;
}

absl::StatusOr<v1::GetPlanResponse> GetPlan(const QueryContext& context,
                                            const v1::GetPlanRequest& request) {
  const auto reader = Reader::Make(context, request.tenant_id(), AsOf(request),
                                   context.clock->Now());
  if (!reader.ok()) return reader.status();
  auto journey = Find(**reader, request.subject());
  if (!journey.ok()) return journey.status();
  if (!journey->has_value()) return SubjectNotFound(request.subject());
  v1::GetPlanResponse response;
  response.mutable_journey()->Swap((*journey)->mutable_subject());
  v1::Plan& plan = *response.mutable_plan();
  if ((*journey)->has_plan()) {
    plan.Swap((*journey)->mutable_plan());
  } else {
    plan.set_stage_id((*journey)->stage().stage_id());
    *plan.mutable_entered_at() = (*journey)->stage().entered_at();
  }
  *response.mutable_stages() =
      (*reader)->rules().rule_set().lifecycle().stages();
  response.set_log_position((*reader)->log_position());
  return response;
}

absl::StatusOr<v1::BatchGetJourneysResponse> BatchGetJourneys(
    const QueryContext& context, const v1::BatchGetJourneysRequest& request) {
  const auto reader = Reader::Make(context, request.tenant_id(), AsOf(request),
                                   context.clock->Now());
  if (!reader.ok()) return reader.status();
  v1::BatchGetJourneysResponse response;
  int64_t bytes = 0;
  for (const v1::Subject& subject : request.subjects()) {
    auto journey = Find(**reader, subject);
    if (!journey.ok()) return journey.status();
    if (journey->has_value()) {
      bytes += static_cast<int64_t>((*journey)->ByteSizeLong());
      if (bytes > core::kBatchGetBytesMax) {
        return QueryTooLarge(
            {"batch_get_bytes_max", core::kBatchGetBytesMax, "bytes"},
            "have more than", "ask for fewer subjects at once");
      }
      response.add_journeys()->Swap(&**journey);
    } else {
      *response.add_not_found() = subject;
    }
    if (const absl::Status budget = (*reader)->CheckBudget(); !budget.ok()) {
      return budget;
    }
  }
  response.set_log_position((*reader)->log_position());
  return response;
}

absl::StatusOr<v1::ListJourneysResponse> ListJourneys(
    const QueryContext& context, const v1::ListJourneysRequest& request) {
  const auto page = PageOf(request, context.clock->Now());
  if (!page.ok()) return page.status();
  const auto reader =
      Reader::Make(context, request.tenant_id(), AsOf(request), page->now);
  if (!reader.ok()) return reader.status();
  absl::Status status = CheckConditions((*reader)->rules(), request);
  if (!status.ok()) return status;
  const ListRange range = RangeOf(**reader, request, page->now);
  status = CheckList(*page, range.name);
  if (!status.ok()) return status;
  v1::ListJourneysResponse response;
  PageBytes bytes;
  std::string last_key;
  bool is_cut = false;
  int scanned = 0;
  const std::string first =
      page->after.empty() ? range.first : FirstKey(*page, range.prefix);
  const absl::Status scan = (*reader)->snapshot().Scan(
      Family::kLists, first, range.end,
      [&](absl::string_view key, absl::string_view) {
        if (response.journeys_size() == page->size || bytes.is_full() ||
            scanned == core::kListEntriesScannedMax ||
            !(*reader)->CheckBudget().ok()) {
          is_cut = true;
          return false;
        }
        ++scanned;
        key.remove_prefix(range.prefix.size());
        last_key = std::string(key);
        if (key.size() < range.skip) return true;
        if (range.begun_by.has_value() && !HasBegun(key, *range.begun_by)) {
          return true;
        }
        const int before = response.journeys_size();
        status = AddListed(**reader, request, key.substr(range.skip), response);
        if (response.journeys_size() > before) {
          bytes.Add(response.journeys(before));
        }
        return status.ok();
      });
  if (!status.ok()) return status;
  if (!scan.ok()) return scan;
  if (is_cut) {
    response.set_next_page_token(NextPageToken(*page, range.name, last_key));
  }
  response.set_log_position((*reader)->log_position());
  return response;
}

}  // namespace journey::views
