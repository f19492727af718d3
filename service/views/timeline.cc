#include "service/views/timeline.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "projections/changes.h"
#include "service/core/identity.h"
#include "service/core/limits.h"
#include "service/core/touchpoint.h"
#include "service/views/fold_trail.h"
#include "service/views/keys.h"
#include "service/views/page.h"

namespace journey::views {
namespace {

using Changes = std::vector<v1::JourneyChange>;

core::Micros InstantOf(const PlacedEvent& placed) {
  return core::ToMicros(placed.event.touchpoint->occurred_at());
}

bool Counts(const PlacedEvent& placed) {
  return !IsRetracted(placed.row) &&
         !core::IsIdentityKind(*placed.event.touchpoint);
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

// The instant for which the journey would be shown: changes are told up to
// then. `rows` are its touchpoints by time and position.
absl::StatusOr<core::Micros> InstantShown(
    const Reader& reader, const std::vector<TouchpointRow>& rows) {
  core::Micros instant = reader.InstantFor(0);
  const auto later = std::partition_point(
      rows.begin(), rows.end(),
      [&](const TouchpointRow& row) { return row.occurred_at <= instant; });
  const absl::Status status = reader.VisitInOrder(
      {later, rows.end()},
      [&](const v1::Touchpoint& touchpoint) {
        if (!core::IsIdentityKind(touchpoint)) {
          instant = core::ToMicros(touchpoint.occurred_at());
        }
        return absl::OkStatus();
      },
      [] {});
  if (!status.ok()) return status;
  return instant;
}

// The touchpoints of a subject's journey by time and position.
absl::StatusOr<std::vector<TouchpointRow>> RowsOf(const Reader& reader,
                                                  const v1::Subject& journey) {
  return TouchpointsOfJourney(reader.source(), reader.tenant_id(), journey, 0,
                              reader.as_of().value_or(core::kNever));
}

// The same of a deal that is known only by touchpoints retracted before they
// came: no index says whose it is.
absl::StatusOr<std::vector<TouchpointRow>> RowsOfUnknownDeal(
    const Reader& reader, const v1::Subject& deal) {
  const core::Micros until = reader.as_of().value_or(core::kNever);
  std::vector<TouchpointRow> rows;
  const absl::Status status = reader.source().ScanTouchpoints(
      SubjectKey(reader.tenant_id(), deal), 0, [&](const TouchpointRow& row) {
        if (row.occurred_at > until) return false;
        rows.push_back(row);
        return true;
      });
  if (!status.ok()) return status;
  return rows;
}

// Fills one page of a timeline.
class TimelinePage {
 public:
  // `rows` are the journey's touchpoints by time and position. What is given by
  // reference outlives the page.
  TimelinePage(Reader& reader, const v1::GetTimelineRequest& request,
               const Page& page, const v1::Subject& journey,
               std::vector<TouchpointRow> rows)
      : reader_(reader),
        request_(request),
        page_(page),
        rows_(std::move(rows)),
        folds_(reader, journey, rows_) {}

  // Reads touchpoints in chunks until the page is full, enough were looked at
  // or the time is over; sets the token when some are left.
  absl::Status Fill(v1::GetTimelineResponse& response) {
    const auto end = InstantShown(reader_, rows_);
    if (!end.ok()) return end.status();
    end_ = *end;
    later_ = *end;
    if (falling()) std::reverse(rows_.begin(), rows_.end());
    const size_t begin = FirstRow();
    OrderedReader events(reader_.log(), reader_.tenant_id(), std::move(rows_),
                         begin, falling());
    const bool is_filtered = request_.has_link() || !request_.kinds().empty();
    auto size = is_filtered ? kOrderedReadMax : static_cast<size_t>(page_.size);
    while (true) {
      auto chunk = events.Next(size);
      if (!chunk.ok()) return chunk.status();
      if (chunk->empty()) return absl::OkStatus();
      size = std::min(2 * size, kOrderedReadMax);
      DropDone(*chunk);
      if (chunk->empty()) continue;
      const auto changes = ChangesOf(
          *chunk, falling() ? later_ : events.NextInstant().value_or(end_));
      if (!changes.ok()) return changes.status();
      if (falling()) later_ = InstantOf(chunk->back());
      if (AddChunk(*chunk, *changes, response)) return absl::OkStatus();
    }
  }

 private:
  [[nodiscard]] bool falling() const { return request_.newest_first(); }

  // The first row that may stand behind the page's start.
  size_t FirstRow() {
    core::Micros after = 0;
    absl::string_view text = page_.after;
    if (!ConsumeInstant(text, after)) return 0;
    if (falling()) later_ = after;
    const auto is_done = [&](const TouchpointRow& row) {
      return falling() ? row.occurred_at > after : row.occurred_at < after;
    };
    return static_cast<size_t>(
        std::partition_point(rows_.begin(), rows_.end(), is_done) -
        rows_.begin());
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
    absl::Status status = BeginAt(chunk[at(0)]);
    for (size_t i = 0; i <= last && status.ok(); ++i) {
      const auto tell = [&](v1::JourneyChange change) {
        out[at(i)].push_back(std::move(change));
      };
      const PlacedEvent& placed = chunk[at(i)];
      const core::Micros next = i == last ? until : InstantOf(chunk[at(i + 1)]);
      status = reader_.CheckWanted();
      if (status.ok() && Counts(placed)) {
        status = finder_->Apply(*placed.event.touchpoint, tell);
      }
      if (status.ok()) status = finder_->AdvanceTo(std::min(next, end_), tell);
    }
    if (!status.ok()) return status;
    finder_->Compact();
    return out;
  }

  // Makes a finder that stands before a touchpoint, unless there is one:
  // rising, each chunk goes on where the one before ended.
  absl::Status BeginAt(const PlacedEvent& first) {
    if (finder_.has_value() && !falling()) return absl::OkStatus();
    auto fold = folds_.Before(projections::MomentOf(*first.event.touchpoint));
    if (!fold.ok()) return fold.status();
    finder_.emplace(reader_.rules(), *std::move(fold), InstantOf(first),
                    [this] { return reader_.CheckWanted(); });
    return absl::OkStatus();
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
      const v1::Touchpoint& touchpoint = *chunk[i].event.touchpoint;
      last_ = OrderText(touchpoint);
      if (falling()) {
        for (auto change = changes[i].rbegin(); change != changes[i].rend();
             ++change) {
          AddChange(*change, response);
        }
      }
      if (Matches(request_, touchpoint)) AddTouchpoint(chunk[i], response);
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
    entry.set_retracted(IsRetracted(placed.row));
    bytes_.Add(entry);
  }

  Reader& reader_;
  const v1::GetTimelineRequest& request_;
  const Page& page_;
  std::vector<TouchpointRow> rows_;
  FoldTrail folds_;
  std::optional<projections::ChangeFinder> finder_;
  PageBytes bytes_;
  std::string last_;
  int scanned_ = 0;
  // Where the timeline ends.
  core::Micros end_ = 0;
  // Falling: when what was read last occurred.
  core::Micros later_ = 0;
};

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
  auto rows = journey->has_value()
                  ? RowsOf(**reader, **journey)
                  : RowsOfUnknownDeal(**reader, request.subject());
  if (!rows.ok()) return rows.status();
  if (!request.show_retracted()) {
    rows->erase(std::remove_if(rows->begin(), rows->end(), IsRetracted),
                rows->end());
  }
  if (rows->empty()) return SubjectNotFound(request.subject());
  v1::GetTimelineResponse response;
  const v1::Subject subject = journey->value_or(request.subject());
  const absl::Status status =
      TimelinePage(**reader, request, *page, subject, *std::move(rows))
          .Fill(response);
  if (!status.ok()) return status;
  response.set_log_position((*reader)->log_position());
  return response;
}

}  // namespace journey::views
