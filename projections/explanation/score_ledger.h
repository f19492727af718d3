// What gave or took points of a journey's behaviour score, kept to explain it
// in full; the state keeps the newest causes only.
#ifndef PROJECTIONS_EXPLANATION_SCORE_LEDGER_H_
#define PROJECTIONS_EXPLANATION_SCORE_LEDGER_H_

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/btree_map.h"
#include "journey/storage/v1/views.pb.h"
#include "journey/v1/journey_explanation.pb.h"
#include "projections/rules/rules.h"
#include "projections/scoring/scoring.h"
#include "service/core/clock.h"

namespace journey::projections {

// Holds a bounded number of awards one by one (kScoreContributionsMax), and of
// those before them the sum. Not thread-safe.
class ScoreLedger {
 public:
  // `rules` score behaviour, or nothing is ever added; they outlive the
  // ledger.
  explicit ScoreLedger(const Rules& rules) : rules_(rules) {}

  // Notes what a touchpoint gave. Touchpoints come in canonical order.
  void Add(const storage::v1::Moment& moment, const std::vector<Award>& awards);

  // From here on only touchpoints after this one count toward MQL.
  void BeginAnew(const storage::v1::Moment& moment);

  // The touchpoint of the last such beginning; null where all count.
  [[nodiscard]] const storage::v1::Moment* counted_after() const {
    return counted_after_.has_value() ? &*counted_after_ : nullptr;
  }

  // The touchpoints that it holds one by one and that count toward MQL, in
  // canonical order; one stands as often as it gave points.
  [[nodiscard]] std::vector<storage::v1::Moment> Qualifying() const;

  // Fills in the contributions, those left out and the caps, at an instant
  // that is not before the newest touchpoint.
  void Explain(core::Micros instant, v1::BehaviourExplanation& out) const;

 private:
  // What one touchpoint gave for one condition.
  struct Entry {
    storage::v1::Moment moment;
    Award award;
  };
  // What the bound of a group cut.
  struct Cut {
    int weeks = 0;
    int64_t last_week = 0;
    int64_t points = 0;
    storage::v1::DecayingScore decaying;
  };

  [[nodiscard]] const v1::BehaviourScoreRules& score_rules() const {
    return rules_.rule_set().scoring().behaviour();
  }
  [[nodiscard]] bool Counts(const Entry& entry) const;
  void NoteCut(core::Micros at, const Award& award);
  void LeaveOutOldest();
  void ExplainEntry(const Entry& entry, core::Micros instant,
                    v1::ScoreContribution& out) const;

  const Rules& rules_;
  std::deque<Entry> entries_;
  int64_t left_out_count_ = 0;
  storage::v1::DecayingScore left_out_;
  storage::v1::DecayingScore left_out_qualifying_;
  std::optional<storage::v1::Moment> counted_after_;
  // By the id of the group.
  absl::btree_map<std::string, Cut> cuts_;
};

}  // namespace journey::projections

#endif  // PROJECTIONS_EXPLANATION_SCORE_LEDGER_H_
