#include "service/views/history_queries.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "projections/changes.h"
#include "projections/conclude.h"
#include "service/core/errors.h"
#include "service/core/identity.h"
#include "service/core/limits.h"
#include "service/core/touchpoint.h"
#include "service/views/keys.h"
#include "service/views/page.h"

namespace journey::views {
namespace {

using Changes = std::vector<v1::JourneyChange>;

core::Micros InstantOf(const PlacedEvent& placed) {
  return core::ToMicros(placed.event.touchpoint->occurred_at());
}

bool Counts(const PlacedEvent& placed) {
  return placed.row.retraction_position == 0 &&
         !core::IsIdentityKind(*placed.event.touchpoint);
}

bool HasLink(const v1::Touchpoint& touchpoint, const v1::Link& wanted) {
  for (const v1::Link& link : touchpoint.links()) {
    if (link.type() == wanted.type() && link.id() == wanted.id()) return true;
  }
  return false;
}

bool Matches(const v1::GetTimelineRequest& request, const PlacedEvent& placed) {
  const v1::Touchpoint& touchpoint = *placed.event.touchpoint;
  if (placed.row.retraction_position != 0 && !request.show_retracted()) {
    return false;
  }
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

// Fills one page of a timeline.
class TimelinePage {
 public:
  TimelinePage(Reader& reader, const v1::GetTimelineRequest& request,
               const Page& page, const v1::Subject& journey)
      : reader_(reader), request_(request), page_(page), journey_(journey) {}

  // Reads touchpoints in chunks until the page is full, enough were looked at
  // or the time is over; sets the token when some are left. `rows` are by time
  // and position.
  absl::Status Fill(std::vector<TouchpointRow> rows,
                    v1::GetTimelineResponse& response) {
    later_ = reader_.InstantFor(rows.back().occurred_at);
    if (falling()) std::reverse(rows.begin(), rows.end());
    const size_t begin = FirstRow(rows);
    OrderedReader events(reader_.log(), reader_.tenant_id(), std::move(rows),
                         begin, falling());
    const bool is_filtered = request_.has_link() || !request_.kinds().empty();
    while (true) {
      auto chunk = events.Next(is_filtered ? kOrderedReadMax
                                           : static_cast<size_t>(page_.size));
      if (!chunk.ok()) return chunk.status();
      if (chunk->empty()) return absl::OkStatus();
      DropDone(*chunk);
      if (chunk->empty()) continue;
      const auto changes = ChangesOf(
          *chunk, falling() ? later_ : events.NextInstant().value_or(later_));
      if (!changes.ok()) return changes.status();
      if (falling()) later_ = InstantOf(chunk->back());
      if (AddChunk(*chunk, *changes, response)) return absl::OkStatus();
    }
  }

 private:
  [[nodiscard]] bool falling() const { return request_.newest_first(); }

  // The first row that may stand behind the page's start.
  size_t FirstRow(const std::vector<TouchpointRow>& rows) {
    core::Micros after = 0;
    absl::string_view text = page_.after;
    if (!ConsumeInstant(text, after)) return 0;
    if (falling()) later_ = after;
    const auto is_done = [&](const TouchpointRow& row) {
      return falling() ? row.occurred_at > after : row.occurred_at < after;
    };
    return static_cast<size_t>(
        std::partition_point(rows.begin(), rows.end(), is_done) - rows.begin());
  }

  // Leaves out what stood on the page before.
  void DropDone(std::vector<PlacedEvent>& chunk) const {
    if (page_.after.empty()) return;
    const auto is_done = [&](const PlacedEvent& placed) {
      const std::string text = OrderText(*placed.event.touchpoint);
      return falling() ? text >= page_.after : text <= page_.after;
    };
    chunk.erase(std::remove_if(chunk.begin(), chunk.end(), is_done),
                chunk.end());
  }

  // What changed after each touchpoint of a chunk, up to the next one; for the
  // latest one up to `until`. In the order of the chunk.
  absl::StatusOr<std::vector<Changes>> ChangesOf(
      const std::vector<PlacedEvent>& chunk, core::Micros until) {
    std::vector<Changes> out(chunk.size());
    if (request_.without_changes()) return out;
    const size_t last = chunk.size() - 1;
    const auto at = [&](size_t i) { return falling() ? last - i : i; };
    auto fold = reader_.FoldBefore(
        journey_, projections::MomentOf(*chunk[at(0)].event.touchpoint));
    if (!fold.ok()) return fold.status();
    projections::ChangeFinder finder(reader_.rules(), *fold,
                                     InstantOf(chunk[at(0)]));
    for (size_t i = 0; i <= last; ++i) {
      if (absl::Status wanted = reader_.CheckWanted(); !wanted.ok()) {
        return wanted;
      }
      const PlacedEvent& placed = chunk[at(i)];
      if (Counts(placed)) {
        projections::Evolve(reader_.rules(), *placed.event.touchpoint, *fold);
        finder.Applied(InstantOf(placed), *fold, out[at(i)]);
      }
      finder.AdvanceTo(i == last ? until : InstantOf(chunk[at(i + 1)]), *fold,
                       out[at(i)]);
    }
    return out;
  }

  // True when the page is full.
  bool AddChunk(const std::vector<PlacedEvent>& chunk,
                const std::vector<Changes>& changes,
                v1::GetTimelineResponse& response) {
    for (size_t i = 0; i < chunk.size(); ++i) {
      if (response.entries_size() >= page_.size || bytes_.is_full() ||
          scanned_ == core::kListEntriesScannedMax ||
          (scanned_ > 0 && !reader_.CheckBudget().ok())) {
        response.set_next_page_token(NextPageToken(page_, "timeline", last_));
        return true;
      }
      ++scanned_;
      last_ = OrderText(*chunk[i].event.touchpoint);
      if (falling()) {
        for (auto change = changes[i].rbegin(); change != changes[i].rend();
             ++change) {
          AddChange(*change, response);
        }
      }
      if (Matches(request_, chunk[i])) AddTouchpoint(chunk[i], response);
      if (!falling()) {
        for (const v1::JourneyChange& change : changes[i]) {
          AddChange(change, response);
        }
      }
    }
    return false;
  }

  void AddChange(const v1::JourneyChange& change,
                 v1::GetTimelineResponse& response) {
    *response.add_entries()->mutable_change() = change;
    bytes_.Add(change);
  }

  void AddTouchpoint(const PlacedEvent& placed,
                     v1::GetTimelineResponse& response) {
    v1::TimelineEntry& entry = *response.add_entries();
    *entry.mutable_touchpoint() = *log::AsGiven(placed.event);
    if (placed.event.given != nullptr) {
      *entry.mutable_corrected_occurred_at() =
          placed.event.touchpoint->occurred_at();
    }
    entry.set_position(placed.row.position);
    *entry.mutable_received_at() = core::ToTimestamp(placed.event.received_at);
    entry.set_retracted(placed.row.retraction_position != 0);
    bytes_.Add(entry);
  }

  Reader& reader_;
  const v1::GetTimelineRequest& request_;
  const Page& page_;
  const v1::Subject& journey_;
  PageBytes bytes_;
  std::string last_;
  int scanned_ = 0;
  // Rising: the end of the timeline. Falling: when what was read last occurred.
  core::Micros later_ = 0;
};

// Adds what changed between two instants; `fold` stands at the first.
absl::Status AddChanges(const Reader& reader, const v1::Subject& journey,
                        core::Micros from, core::Micros to,
                        projections::JourneyFold fold,
                        v1::DiffJourneyResponse& response) {
  auto rows = TouchpointsOfJourney(reader.source(), reader.tenant_id(), journey,
                                   from + 1, to);
  if (!rows.ok()) return rows.status();
  projections::ChangeFinder finder(reader.rules(), fold, from);
  Changes changes;
  int64_t touchpoints = 0;
  const absl::Status status = reader.VisitInOrder(
      *std::move(rows),
      [&](const v1::Touchpoint& touchpoint) {
        if (core::IsIdentityKind(touchpoint)) return absl::OkStatus();
        const core::Micros instant = core::ToMicros(touchpoint.occurred_at());
        ++touchpoints;
        finder.AdvanceTo(instant, fold, changes);
        projections::Evolve(reader.rules(), touchpoint, fold);
        finder.Applied(instant, fold, changes);
        return absl::OkStatus();
      },
      [&] { fold.Compact(); });
  if (!status.ok()) return status;
  finder.AdvanceTo(to, fold, changes);
  const size_t left_out =
      changes.size() - std::min<size_t>(changes.size(), core::kDiffChangesMax);
  response.mutable_changes()->Assign(
      changes.begin() + static_cast<std::ptrdiff_t>(left_out), changes.end());
  response.set_changes_left_out(static_cast<int64_t>(left_out));
  response.set_touchpoint_count(touchpoints);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::GetTimelineResponse> GetTimeline(
    const QueryContext& context, const v1::GetTimelineRequest& request) {
  const auto page = PageOf(request, context.clock->Now());
  if (!page.ok()) return page.status();
  const auto reader = Reader::Make(context, request.tenant_id(), AsOf(request),
                                   page->now, KnownAt(request));
  if (!reader.ok()) return reader.status();
  const auto journey = (*reader)->JourneyOf(request.subject());
  if (!journey.ok()) return journey.status();
  if (!journey->has_value()) return SubjectNotFound(request.subject());
  auto rows =
      TouchpointsOfJourney((*reader)->source(), request.tenant_id(), **journey,
                           0, (*reader)->as_of().value_or(core::kNever));
  if (!rows.ok()) return rows.status();
  if (rows->empty()) return SubjectNotFound(request.subject());
  v1::GetTimelineResponse response;
  const absl::Status status = TimelinePage(**reader, request, *page, **journey)
                                  .Fill(*std::move(rows), response);
  if (!status.ok()) return status;
  response.set_log_position((*reader)->log_position());
  return response;
}

absl::StatusOr<v1::DiffJourneyResponse> DiffJourney(
    const QueryContext& context, const v1::DiffJourneyRequest& request) {
  std::optional<core::Micros> until;
  if (request.has_to()) until = core::ToMicros(request.to());
  const core::Micros from = core::ToMicros(request.from());
  const auto reader = Reader::Make(context, request.tenant_id(), until,
                                   context.clock->Now(), KnownAt(request));
  if (!reader.ok()) return reader.status();
  const auto journey = (*reader)->JourneyOf(request.subject());
  if (!journey.ok()) return journey.status();
  if (!journey->has_value()) return SubjectNotFound(request.subject());
  const auto after = (*reader)->Fold(**journey);
  if (!after.ok()) return after.status();
  if (!after->has_value()) return SubjectNotFound(request.subject());
  const core::Micros to = (*after)->instant;
  if (from > to) {
    core::Violations violations;
    violations.Add("from", "is later than `to`; exchange them");
    return violations.ToStatus();
  }
  v1::DiffJourneyResponse response;
  *response.mutable_after() =
      projections::ConcludeJourney((*reader)->rules(), (*after)->fold, to);
  auto before = (*reader)->FoldUntil(**journey, from);
  if (!before.ok()) return before.status();
  if (before->state().touchpoint_count() > 0) {
    *response.mutable_before() =
        projections::ConcludeJourney((*reader)->rules(), *before, from);
  }
  const absl::Status status =
      AddChanges(**reader, **journey, from, to, *std::move(before), response);
  if (!status.ok()) return status;
  response.set_log_position((*reader)->log_position());
  return response;
}

}  // namespace journey::views
