// Who belongs to a segment, by the index.
#ifndef SERVICE_VIEWS_SEGMENT_QUERIES_H_
#define SERVICE_VIEWS_SEGMENT_QUERIES_H_

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "journey/v1/journey_service.pb.h"
#include "service/core/clock.h"
#include "service/views/reader.h"

namespace journey::views {

// Where the index has the journeys of one segment at an instant that is not
// past: keys from `first` on and before `end`. Others are among them, which
// will belong to it for a limited time only: see HasBegun.
struct SegmentRange {
  SegmentRange(absl::string_view tenant_id, v1::Segment segment,
               core::Micros instant);

  // Where the subject begins in what follows the prefix of a key.
  static constexpr size_t kSubjectOffset = 2 * sizeof(core::Micros);

  std::string prefix;
  std::string first;
  std::string end;
};

// False for an entry of a journey that will belong to the segment only after
// the instant. `suffix` is what follows the prefix of its key.
[[nodiscard]] bool HasBegun(absl::string_view suffix, core::Micros instant);

absl::StatusOr<v1::CountSegmentsResponse> CountSegments(
    const QueryContext& context, const v1::CountSegmentsRequest& request);

}  // namespace journey::views

#endif  // SERVICE_VIEWS_SEGMENT_QUERIES_H_
