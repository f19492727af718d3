#include "service/views/journey_queries.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "projections/conclude.h"
#include "projections/scoring/decay.h"
#include "service/core/errors.h"
#include "service/core/limits.h"
#include "service/core/touchpoint.h"
#include "service/views/keys.h"
#include "service/views/page.h"
#include "service/views/rule_conditions.h"

namespace journey::views {
namespace {

std::string NameOf(const v1::Subject& subject) {
  return absl::StrCat(core::SubjectTypeName(subject.type()), " ", subject.id());
}

absl::Status SubjectNotFound(const v1::Subject& subject) {
  return core::MakeError(
      absl::StatusCode::kNotFound, v1::ERROR_REASON_SUBJECT_NOT_FOUND,
      absl::StrCat(NameOf(subject),
                   " has no journey of its own by the instant asked for"));
}

// The journey of a subject; unset when there is none by then. `version` is
// that of the record in which the journey is kept.
absl::StatusOr<std::optional<v1::Journey>> Find(Reader& reader,
                                                const v1::Subject& subject,
                                                int64_t& version) {
  std::optional<v1::Journey> out;
  const auto journey = reader.JourneyOf(subject);
  if (!journey.ok()) return journey.status();
  if (!journey->has_value()) return out;
  const auto folded = reader.Fold(**journey);
  if (!folded.ok()) return folded.status();
  if (!folded->has_value()) return out;
  version = (*folded)->subject_version;
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
  if (request.subject_type() != v1::SUBJECT_TYPE_UNSPECIFIED &&
      journey.subject().type() != request.subject_type()) {
    return false;
  }
  if (!request.owner_id().empty() && journey.owner_id() != request.owner_id()) {
    return false;
  }
  return MatchesScores(request, journey.scores());
}

// Where a list of journeys is read: keys with `prefix`, from `first` on, each
// ending with the journey's subject.
struct ListRange {
  std::string name;
  std::string prefix;
  std::string first;
  // Bytes between the prefix and the subject.
  size_t skip = 0;
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
    }
  }
  range.first = range.prefix;
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

bool HasLink(const v1::Touchpoint& touchpoint, const v1::Link& wanted) {
  for (const v1::Link& link : touchpoint.links()) {
    if (link.type() == wanted.type() && link.id() == wanted.id()) return true;
  }
  return false;
}

bool Matches(const v1::GetTimelineRequest& request,
             const v1::Touchpoint& touchpoint) {
  if (request.has_link() && !HasLink(touchpoint, request.link())) return false;
  if (request.kinds().empty()) return true;
  for (const int kind : request.kinds()) {
    if (kind == core::KindOf(touchpoint)) return true;
  }
  return false;
}

// Where a page of a timeline ended: the canonical order, as texts sort.
std::string OrderText(const v1::Touchpoint& touchpoint) {
  const core::OrderKey order = core::OrderKeyOf(touchpoint);
  std::string text;
  AppendInstant(order.occurred_at, text);
  AppendText(order.source, text);
  absl::StrAppend(&text, order.touchpoint_id);
  return text;
}

// The first row that may stand behind the page's start.
size_t FirstRow(const std::vector<TouchpointRow>& rows, const Page& page,
                bool newest_first) {
  core::Micros after = 0;
  absl::string_view text = page.after;
  if (!ConsumeInstant(text, after)) return 0;
  const auto is_done = [&](const TouchpointRow& row) {
    return newest_first ? row.occurred_at > after : row.occurred_at < after;
  };
  return static_cast<size_t>(
      std::partition_point(rows.begin(), rows.end(), is_done) - rows.begin());
}

void AddEntry(const PlacedEvent& placed, v1::GetTimelineResponse& response) {
  auto* entry = response.add_entries();
  *entry->mutable_touchpoint() = *placed.event.touchpoint;
  entry->set_position(placed.row.position);
  *entry->mutable_received_at() = core::ToTimestamp(placed.event.received_at);
  entry->set_retracted(placed.row.retraction_position != 0);
}

// Reads touchpoints in chunks until the page is full, enough were looked at or
// the time is over; sets the token when some are left. `rows` are by time and
// position, in the request's direction.
absl::Status FillTimeline(const Reader& reader,
                          const v1::GetTimelineRequest& request,
                          const Page& page, std::vector<TouchpointRow> rows,
                          v1::GetTimelineResponse& response) {
  const bool falling = request.newest_first();
  const size_t begin = FirstRow(rows, page, falling);
  OrderedReader events(reader.log(), reader.tenant_id(), std::move(rows), begin,
                       falling);
  PageBytes bytes;
  std::string last;
  int scanned = 0;
  while (true) {
    const auto placed = events.Next(static_cast<size_t>(page.size));
    if (!placed.ok()) return placed.status();
    if (placed->empty()) return absl::OkStatus();
    for (const PlacedEvent& each : *placed) {
      if (absl::Status wanted = reader.CheckWanted(); !wanted.ok()) {
        return wanted;
      }
      std::string text = OrderText(*each.event.touchpoint);
      const bool is_done = !page.after.empty() &&
                           (falling ? text >= page.after : text <= page.after);
      if (is_done) continue;
      if (response.entries_size() == page.size || bytes.is_full() ||
          scanned == core::kListEntriesScannedMax ||
          (scanned > 0 && !reader.CheckBudget().ok())) {
        response.set_next_page_token(NextPageToken(page, "timeline", last));
        return absl::OkStatus();
      }
      ++scanned;
      last = std::move(text);
      const bool retracted = each.row.retraction_position != 0;
      if ((retracted && !request.show_retracted()) ||
          !Matches(request, *each.event.touchpoint)) {
        continue;
      }
      AddEntry(each, response);
      bytes.Add(response.entries(response.entries_size() - 1));
    }
  }
}

}  // namespace

absl::StatusOr<v1::GetJourneyResponse> GetJourney(
    const QueryContext& context, const v1::GetJourneyRequest& request) {
  const auto reader = Reader::Make(context, request.tenant_id(), AsOf(request),
                                   context.clock->Now());
  if (!reader.ok()) return reader.status();
  int64_t version = 0;
  auto journey = Find(**reader, request.subject(), version);
  if (!journey.ok()) return journey.status();
  if (!journey->has_value()) return SubjectNotFound(request.subject());
  v1::GetJourneyResponse response;
  if (request.subject().type() == v1::SUBJECT_TYPE_DEAL) {
    // A deal's journey may be kept under another subject.
    const auto record = (*reader)->SubjectRecordOf(request.subject());
    if (!record.ok()) return record.status();
    version = record->version();
  }
  response.set_subject_version(version);
  response.set_log_position((*reader)->log_position());
  response.mutable_journey()->Swap(&**journey);
  return response;
}

absl::StatusOr<v1::BatchGetJourneysResponse> BatchGetJourneys(
    const QueryContext& context, const v1::BatchGetJourneysRequest& request) {
  const auto reader = Reader::Make(context, request.tenant_id(), AsOf(request),
                                   context.clock->Now());
  if (!reader.ok()) return reader.status();
  v1::BatchGetJourneysResponse response;
  for (const v1::Subject& subject : request.subjects()) {
    int64_t version = 0;
    auto journey = Find(**reader, subject, version);
    if (!journey.ok()) return journey.status();
    if (journey->has_value()) {
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
      Family::kLists, first, PrefixEnd(range.prefix),
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

absl::StatusOr<v1::GetTimelineResponse> GetTimeline(
    const QueryContext& context, const v1::GetTimelineRequest& request) {
  const auto page = PageOf(request, context.clock->Now());
  if (!page.ok()) return page.status();
  const auto reader =
      Reader::Make(context, request.tenant_id(), AsOf(request), page->now);
  if (!reader.ok()) return reader.status();
  const auto journey = (*reader)->JourneyOf(request.subject());
  if (!journey.ok()) return journey.status();
  if (!journey->has_value()) return SubjectNotFound(request.subject());
  auto rows = TouchpointsOfJourney(**reader, request.tenant_id(), **journey,
                                   (*reader)->as_of().value_or(core::kNever));
  if (!rows.ok()) return rows.status();
  if (rows->empty()) return SubjectNotFound(request.subject());
  if (request.newest_first()) std::reverse(rows->begin(), rows->end());
  v1::GetTimelineResponse response;
  if (const absl::Status status =
          FillTimeline(**reader, request, *page, *std::move(rows), response);
      !status.ok()) {
    return status;
  }
  response.set_log_position((*reader)->log_position());
  return response;
}

}  // namespace journey::views
