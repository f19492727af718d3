// The folds of one journey before touchpoints of it, newest first.
#ifndef SERVICE_VIEWS_FOLD_TRAIL_H_
#define SERVICE_VIEWS_FOLD_TRAIL_H_

#include <vector>

#include "absl/status/statusor.h"
#include "journey/storage/v1/views.pb.h"
#include "journey/v1/common.pb.h"
#include "projections/journey_fold.h"
#include "service/views/reader.h"
#include "service/views/touchpoint_row.h"

namespace journey::views {

// Folds once to where it is asked first and keeps folds on the way, each half
// as far from there as the one before: all that is asked together folds a
// touchpoint about as often as folds are kept, which are few. Serves one query,
// on one thread.
class FoldTrail {
 public:
  // `rows` are the journey's touchpoints by time and position. The reader and
  // the journey outlive the trail.
  FoldTrail(Reader& reader, const v1::Subject& journey,
            std::vector<TouchpointRow> rows);

  // The journey folded from its touchpoints before `moment`, which is not
  // later than the one asked for last.
  absl::StatusOr<projections::JourneyFold> Before(
      const storage::v1::Moment& moment);

 private:
  Reader& reader_;
  const v1::Subject& journey_;
  std::vector<TouchpointRow> rows_;
  // By time.
  std::vector<projections::JourneyFold> kept_;
};

}  // namespace journey::views

#endif  // SERVICE_VIEWS_FOLD_TRAIL_H_
