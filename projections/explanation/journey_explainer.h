// Explains a journey in full: folds it, and keeps what the state does not.
#ifndef PROJECTIONS_EXPLANATION_JOURNEY_EXPLAINER_H_
#define PROJECTIONS_EXPLANATION_JOURNEY_EXPLAINER_H_

#include <vector>

#include "journey/storage/v1/views.pb.h"
#include "journey/v1/journey_explanation.pb.h"
#include "journey/v1/touchpoint.pb.h"
#include "projections/explanation/score_ledger.h"
#include "projections/journey_fold.h"
#include "projections/rules/rules.h"
#include "service/core/clock.h"

namespace journey::projections {

// Not thread-safe.
class JourneyExplainer {
 public:
  // A journey without touchpoints. `rules` outlive the explainer.
  JourneyExplainer(const Rules& rules, const v1::Subject& subject)
      : rules_(rules), fold_(subject), ledger_(rules) {}

  // Applies a touchpoint that is not before the newest one in canonical order.
  void Add(const v1::Touchpoint& touchpoint);

  // As `JourneyFold::Compact`.
  void Compact() { fold_.Compact(); }

  [[nodiscard]] const storage::v1::JourneyState& state() const {
    return fold_.state();
  }

  // The explanation at an instant that is not before the newest touchpoint, of
  // which there is one. Where touchpoints stand in the log is not known here:
  // of causes only `touchpoint` is set.
  [[nodiscard]] v1::JourneyExplanation Explain(core::Micros instant) const;

 private:
  void NoteMql(const storage::v1::Moment& moment);

  const Rules& rules_;
  JourneyFold fold_;
  ScoreLedger ledger_;
  // What made the lead an MQL last, in canonical order.
  std::vector<storage::v1::Moment> mql_causes_;
};

}  // namespace journey::projections

#endif  // PROJECTIONS_EXPLANATION_JOURNEY_EXPLAINER_H_
