#include "service/views/segment_queries.h"

#include "projections/segment/segment.h"
#include "service/core/errors.h"
#include "service/views/keys.h"

namespace journey::views {
namespace {

// How many journeys belong to a segment, by the keys of the index alone.
absl::StatusOr<int64_t> CountIndexed(const Reader& reader, v1::Segment segment,
                                     core::Micros instant) {
  const SegmentRange range(reader.tenant_id(), segment, instant);
  int64_t count = 0;
  absl::Status status;
  const absl::Status scan = reader.snapshot().Scan(
      Family::kLists, range.first, range.end,
      [&](absl::string_view key, absl::string_view) {
        status = reader.CheckWanted();
        if (status.ok()) status = reader.CheckBudget();
        key.remove_prefix(range.prefix.size());
        count += static_cast<int64_t>(HasBegun(key, instant));
        return status.ok();
      });
  if (!status.ok()) return status;
  if (!scan.ok()) return scan;
  return count;
}

// Adds one journey to the counts of its segments.
absl::Status CountFolded(Reader& reader, absl::string_view subject_key,
                         v1::CountSegmentsResponse& response) {
  v1::Subject subject;
  if (!ConsumeSubject(subject_key, subject)) {
    return core::DamagedError("views: a key of a list is damaged");
  }
  const auto folded = reader.Fold(subject);
  if (!folded.ok()) return folded.status();
  if (!folded->has_value()) return absl::OkStatus();
  const core::Micros instant = (*folded)->instant;
  for (const auto& interval :
       projections::SegmentIntervals((*folded)->fold.state())) {
    if (instant < interval.since || instant >= interval.until) continue;
    v1::SegmentCount& count = *response.mutable_counts(interval.segment - 1);
    count.set_journey_count(count.journey_count() + 1);
  }
  return reader.CheckBudget();
}

absl::Status CountPast(Reader& reader, v1::CountSegmentsResponse& response) {
  const std::string prefix = JourneyPrefix(reader.tenant_id());
  absl::Status status;
  const absl::Status scan =
      reader.snapshot().Scan(Family::kLists, prefix, PrefixEnd(prefix),
                             [&](absl::string_view key, absl::string_view) {
                               key.remove_prefix(prefix.size());
                               status = CountFolded(reader, key, response);
                               return status.ok();
                             });
  return status.ok() ? scan : status;
}

}  // namespace

SegmentRange::SegmentRange(absl::string_view tenant_id, v1::Segment segment,
                           core::Micros instant)
    : prefix(SegmentPrefix(tenant_id, segment)), first(prefix), end(prefix) {
  // What is over by then stands before, and what does not end and has not begun
  // stands behind.
  AppendInstant(instant + 1, first);
  AppendInstant(core::kNever, end);
  AppendInstant(instant + 1, end);
}

bool HasBegun(absl::string_view suffix, core::Micros instant) {
  core::Micros until = 0;
  core::Micros since = 0;
  return ConsumeInstant(suffix, until) && ConsumeInstant(suffix, since) &&
         since <= instant;
}

absl::StatusOr<v1::CountSegmentsResponse> CountSegments(
    const QueryContext& context, const v1::CountSegmentsRequest& request) {
  const auto reader = Reader::Make(context, request.tenant_id(), AsOf(request),
                                   context.clock->Now());
  if (!reader.ok()) return reader.status();
  v1::CountSegmentsResponse response;
  for (int i = v1::SEGMENT_PROSPECT; i <= v1::Segment_MAX; ++i) {
    response.add_counts()->set_segment(static_cast<v1::Segment>(i));
  }
  response.set_log_position((*reader)->log_position());
  if ((*reader)->is_past()) {
    const absl::Status status = CountPast(**reader, response);
    if (!status.ok()) return status;
    return response;
  }
  for (v1::SegmentCount& count : *response.mutable_counts()) {
    const auto journeys =
        CountIndexed(**reader, count.segment(), (*reader)->instant());
    if (!journeys.ok()) return journeys.status();
    count.set_journey_count(*journeys);
  }
  return response;
}

}  // namespace journey::views
