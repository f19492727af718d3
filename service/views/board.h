// Builds a board: the open deals of a pipeline, a column for each stage.
#ifndef SERVICE_VIEWS_BOARD_H_
#define SERVICE_VIEWS_BOARD_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/strings/string_view.h"
#include "journey/v1/deal_service.pb.h"
#include "projections/rules/rules.h"
#include "service/views/deal_reader.h"

namespace journey::views {

// Not thread-safe.
class BoardBuilder {
 public:
  BoardBuilder(const projections::Rules& rules, absl::string_view pipeline_id,
               int deals_per_column);

  // Adds an open deal of the pipeline; they come by id.
  void Add(const PlacedDeal& deal);

  [[nodiscard]] bool is_empty() const { return columns_.empty(); }

  [[nodiscard]] v1::GetBoardResponse Build() const;

 private:
  struct Column {
    v1::BoardColumn column;
    // Sums in minor units, by currency.
    absl::btree_map<std::string, int64_t> amounts;
    absl::btree_map<std::string, int64_t> weighted_amounts;
  };

  const projections::Rules& rules_;
  const std::string pipeline_id_;
  const int deals_per_column_;
  // By stage id; only stages with deals.
  absl::btree_map<std::string, Column> columns_;
};

}  // namespace journey::views

#endif  // SERVICE_VIEWS_BOARD_H_
