// Deals at the instant that a query asks for.
#ifndef SERVICE_VIEWS_DEAL_READER_H_
#define SERVICE_VIEWS_DEAL_READER_H_

#include <functional>
#include <optional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "journey/storage/v1/views.pb.h"
#include "journey/v1/common.pb.h"
#include "service/views/reader.h"

namespace journey::views {

// A deal at an instant.
struct PlacedDeal {
  storage::v1::DealState state;
  v1::Subject journey;
  core::Micros instant = 0;
};

// Serves one query, on one thread. Journeys that must be folded again for a
// past instant are kept, because their deals are asked for one by one.
class DealReader {
 public:
  explicit DealReader(Reader& reader) : reader_(reader) {}

  // The deal at the instant asked for; unset when it was not known by then.
  // `record` is the deal's newest.
  absl::StatusOr<std::optional<PlacedDeal>> At(absl::string_view deal_id,
                                               storage::v1::DealRecord record);

  // Visits all deals of the tenant with an id after `after`, by id, until
  // `visit` returns false.
  absl::Status ForEach(
      absl::string_view after,
      const std::function<bool(const std::string& deal_id,
                               storage::v1::DealRecord record)>& visit);

  // Visits all open deals at the instant asked for, by id. QUERY_TOO_LARGE
  // when a past instant needs more folding than one query may do.
  absl::Status ForEachOpen(
      const std::function<void(const PlacedDeal& deal)>& visit);

  // The same for one pipeline.
  absl::Status ForEachOpenIn(
      absl::string_view pipeline_id,
      const std::function<void(const PlacedDeal& deal)>& visit);

 private:
  absl::StatusOr<std::optional<PlacedDeal>> FromFold(
      const std::string& deal_id, const v1::Subject& journey);

  Reader& reader_;
  absl::flat_hash_map<std::string, std::optional<FoldedJourney>> folds_;
};

}  // namespace journey::views

#endif  // SERVICE_VIEWS_DEAL_READER_H_
