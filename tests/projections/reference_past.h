// The naive reference itself: questions about the past of a journey, each
// answered by looking at all touchpoints again.
#ifndef TESTS_PROJECTIONS_REFERENCE_PAST_H_
#define TESTS_PROJECTIONS_REFERENCE_PAST_H_

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "journey/v1/deal.pb.h"
#include "journey/v1/journey.pb.h"
#include "journey/v1/rules.pb.h"
#include "journey/v1/touchpoint.pb.h"
#include "service/core/clock.h"
#include "service/core/time.h"
#include "tests/projections/reference.h"
#include "tests/projections/reference_scoring.h"

namespace journey::testing {

using History = std::vector<v1::Touchpoint>;

inline core::Micros TimeOf(const v1::Touchpoint& t) {
  return core::ToMicros(t.occurred_at());
}

inline core::Micros Days(int days) { return days * core::kMicrosPerDay; }

// Questions about the first `n` touchpoints of a history in order.
class Past {
 public:
  Past(const v1::RuleSet& rules, const History& history,
       const ReferenceScoring& scoring, size_t n)
      : rules_(rules), history_(history), scoring_(scoring), n_(n) {}

  std::set<std::string> Deals() const {
    std::set<std::string> ids;
    for (size_t i = 0; i < n_; ++i) {
      if (history_[i].has_deal()) ids.insert(history_[i].deal_id());
    }
    return ids;
  }

  v1::DealStatus StatusOf(const std::string& deal_id) const {
    v1::DealStatus status = v1::DEAL_STATUS_UNSPECIFIED;
    for (size_t i = 0; i < n_; ++i) {
      if (!Changes(i, deal_id)) continue;
      const auto action = history_[i].deal().action();
      if (action == v1::DealChange::ACTION_WON) {
        status = v1::DEAL_STATUS_WON;
      } else if (action == v1::DealChange::ACTION_LOST) {
        status = v1::DEAL_STATUS_LOST;
      } else if (action == v1::DealChange::ACTION_REOPENED ||
                 status == v1::DEAL_STATUS_UNSPECIFIED) {
        status = v1::DEAL_STATUS_OPEN;
      }
    }
    return status;
  }

  bool IsOpen(const std::string& deal_id) const {
    return StatusOf(deal_id) == v1::DEAL_STATUS_OPEN;
  }

  bool AnyOpen() const {
    const std::set<std::string> deals = Deals();
    return std::any_of(deals.begin(), deals.end(),
                       [&](const auto& id) { return IsOpen(id); });
  }

  // Of the default pipeline, where the stages "won" and "lost" are terminal.
  std::string StageOf(const std::string& deal_id) const {
    std::string stage;
    std::string undecided = rules_.pipelines(0).stages(0).id();
    for (size_t i = 0; i < n_; ++i) {
      if (!Changes(i, deal_id)) continue;
      const v1::DealChange& change = history_[i].deal();
      const bool was_open = Before(i).IsOpen(deal_id);
      if (!change.stage_id().empty()) {
        stage = change.stage_id();
      } else if (change.action() == v1::DealChange::ACTION_WON) {
        stage = "won";
      } else if (change.action() == v1::DealChange::ACTION_LOST) {
        stage = "lost";
      } else if (stage.empty() ||
                 (change.action() == v1::DealChange::ACTION_REOPENED &&
                  !was_open)) {
        stage = undecided;
      }
      if (stage != "won" && stage != "lost") undecided = stage;
    }
    return stage;
  }

  // The index after the last touchpoint for which `is_such` holds; 0 for none.
  template <typename Predicate>
  size_t AfterLast(const Predicate& is_such) const {
    for (size_t i = n_; i > 0; --i) {
      if (is_such(i - 1)) return i;
    }
    return 0;
  }

  // Touchpoint `i` counts for a deal.
  bool Concerns(size_t i, const std::string& deal_id) const {
    const v1::Touchpoint& t = history_[i];
    if (t.has_deal()) return false;
    if (!t.deal_id().empty()) {
      return t.deal_id() == deal_id;
    }
    return Before(i).IsOpen(deal_id);
  }

  std::map<v1::StallReason, ReferenceStall> StallsOf(
      const std::string& deal_id, core::Micros instant) const;

  // The sales that count as purchases, with their dates.
  std::map<std::string, core::Micros> Purchases() const;

  // Touchpoint `i` made a purchase count, or undid one.
  bool Buys(size_t i) const {
    return Before(i + 1).Purchases().size() > Before(i).Purchases().size();
  }
  bool Undoes(size_t i) const {
    return Before(i + 1).Purchases().size() < Before(i).Purchases().size();
  }

  // The purchase that touchpoint `i` made count has counted ever since.
  bool StandsSince(size_t i) const;

  // The lead status, and since when; where the touchpoints begin that count
  // toward MQL; the index after the touchpoint that made a customer, 0 for
  // none.
  struct Standing {
    v1::LeadStatus status = v1::LEAD_STATUS_NONE;
    core::Micros since = 0;
    size_t qualifying = 0;
    size_t customer = 0;
  };
  Standing Lead(core::Micros instant) const;
  core::Micros OpenRequest() const;
  ReferenceScores Scores(core::Micros instant) const;
  std::string RuleStage(core::Micros instant) const;
  std::string Stage(core::Micros instant) const;

 private:
  bool Changes(size_t i, const std::string& deal_id) const {
    return history_[i].has_deal() && history_[i].deal_id() == deal_id;
  }
  Past Before(size_t n) const { return Past(rules_, history_, scoring_, n); }
  core::Micros ActiveSince(const std::string& deal_id) const;
  // The touchpoint counts for the deal and comes from the customer, or from
  // the company.
  bool Hears(size_t i, const std::string& deal_id) const;
  bool Speaks(size_t i, const std::string& deal_id) const;
  // Until when the customer has announced to be silent; 0 for no such word.
  core::Micros AnnouncedUntil(const std::string& deal_id) const;
  // The working days between the days on which the customer was heard.
  std::vector<int> Gaps(const std::string& deal_id) const;
  // The stall rules that hold for the deal; those that are off are absent.
  v1::StallRules StallRulesOf(const std::string& deal_id) const;
  // The pipeline stage of the deal; null for one that the rules do not know.
  const v1::PipelineStage* PipelineStageOf(const std::string& deal_id) const;
  // The clock after the touchpoint before an index; 0 for none.
  using After = std::function<core::Micros(size_t index)>;
  // Notes a stall if it holds at the instant asked for.
  using Hold =
      std::function<void(v1::StallReason reason, core::Micros since,
                         core::Micros until, core::Micros critical_since)>;
  void AddOfferStalls(const std::string& deal_id,
                      const v1::UnansweredOfferRule& rule, const After& after,
                      const Hold& hold) const;
  void AddSlippedStalls(const std::string& deal_id, const v1::SlippedRule& rule,
                        const Hold& hold) const;
  void AddPaceStalls(const std::string& deal_id, const v1::OutOfPaceRule& rule,
                     const After& after, const Hold& hold) const;
  void AddSlowStalls(const std::string& deal_id, const v1::SlowStageRule& rule,
                     const Hold& hold) const;
  v1::LeadStatus BySales(v1::LeadStatus status, size_t i) const;
  bool IsMql(size_t first, size_t i) const;
  bool Asks(size_t i) const;
  bool GivesBack(size_t i) const;
  bool HasOpenOffer() const;
  bool IsHeld(core::Micros instant) const;

  const v1::RuleSet& rules_;
  const History& history_;
  const ReferenceScoring& scoring_;
  const size_t n_;
};

}  // namespace journey::testing

#endif  // TESTS_PROJECTIONS_REFERENCE_PAST_H_
