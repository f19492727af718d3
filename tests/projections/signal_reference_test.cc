// Signals compared with a naive reference: it looks at all touchpoints again
// for every question, and shares no code with the folds but the rules of what
// is a sale and what is negative.
#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "projections/conclude.h"
#include "projections/signal/signal.h"
#include "service/core/time.h"
#include "service/core/touchpoint.h"
#include "tests/projections/reference_past.h"
#include "tests/projections/reference_sales.h"
#include "tests/projections/scenario.h"
#include "tests/support/history.h"
#include "tests/support/temp_dir.h"

namespace journey::testing {
namespace {

using core::Micros;

// The rules, in numbers.
struct Numbers {
  int surge_visits = 3;
  int surge_days = 7;
  int welcome_keep = 30;
  int nps_days = 90;
  int nps_keep = 30;
  int reward_purchases = 3;
  int reward_days = 180;
  int reward_keep = 30;
  int win_back_days = 180;
  int win_back_keep = 90;
  int detractor_keep = 30;
  int negative_keep = 14;
};

std::string RulesOf(const Numbers& n) {
  return absl::StrCat(
      "signals { type: SIGNAL_TYPE_VISIT_SURGE count: ", n.surge_visits,
      " days: ", n.surge_days,
      " } signals { type: SIGNAL_TYPE_WELCOME keep_days: ", n.welcome_keep,
      " } signals { type: SIGNAL_TYPE_NPS_DUE days: ", n.nps_days,
      " keep_days: ", n.nps_keep,
      " } signals { type: SIGNAL_TYPE_REWARD_DUE count: ", n.reward_purchases,
      " days: ", n.reward_days, " keep_days: ", n.reward_keep,
      " } signals { type: SIGNAL_TYPE_WIN_BACK_DUE days: ", n.win_back_days,
      " keep_days: ", n.win_back_keep,
      " } signals { type: SIGNAL_TYPE_DETRACTOR keep_days: ", n.detractor_keep,
      " } signals { type: SIGNAL_TYPE_NEGATIVE_TOUCHPOINT keep_days: ",
      n.negative_keep, " }");
}

// Answers about a history that ends at an instant.
class Reference {
 public:
  Reference(const Numbers& numbers, const History& history, Micros now)
      : n_(numbers), now_(now) {
    for (const v1::Touchpoint& t : history) {
      if (TimeOf(t) <= now) past_.push_back(t);
    }
    std::sort(past_.begin(), past_.end(), [](const auto& a, const auto& b) {
      return core::OrderKeyOf(a) < core::OrderKeyOf(b);
    });
  }

  // "rule since" of every signal in force that this reference knows.
  std::multiset<std::string> InForce() const {
    std::multiset<std::string> out;
    const auto add = [&](const char* rule, Micros since, Micros until) {
      if (since <= now_ && now_ < until) {
        out.insert(absl::StrCat(rule, " ", core::FormatInstant(since)));
      }
    };
    if (const Micros surge = SurgeSince(); surge != 0) {
      add("visit_surge", surge, core::kNever);
    }
    const std::vector<Micros> bought = Purchases();
    if (!bought.empty()) {
      add("welcome", bought[0], bought[0] + Days(n_.welcome_keep));
      if (!HasOpenDeal()) {
        const Micros due = bought.back() + Days(n_.win_back_days);
        add("win_back_due", due, due + Days(n_.win_back_keep));
      }
    }
    for (const Micros due : NpsDues(bought)) {
      const bool answered = std::any_of(
          past_.begin(), past_.end(),
          [&](const auto& t) { return IsNps(t) && TimeOf(t) > due; });
      if (!answered) add("nps_due", due, due + Days(n_.nps_keep));
    }
    for (const Micros due : RewardDues(bought)) {
      const bool given =
          std::any_of(past_.begin(), past_.end(), [&](const auto& t) {
            return t.reward().action() == v1::Reward::ACTION_CODE_GIVEN &&
                   TimeOf(t) >= due;
          });
      if (!given) add("reward_due", due, due + Days(n_.reward_keep));
    }
    for (size_t i = 0; i < past_.size(); ++i) {
      const v1::Touchpoint& t = past_[i];
      if (IsNps(t) && t.survey().score() <= 6 && !IsAnsweredLater(i)) {
        add("detractor", TimeOf(t), TimeOf(t) + Days(n_.detractor_keep));
      }
      if (core::SentimentOf(t) == v1::SENTIMENT_NEGATIVE) {
        add("negative_touchpoint", TimeOf(t),
            TimeOf(t) + Days(n_.negative_keep));
      }
    }
    return out;
  }

 private:
  static bool IsNps(const v1::Touchpoint& t) {
    return t.has_survey() && t.survey().type() == v1::Survey::TYPE_NPS;
  }

  bool IsAnsweredLater(size_t i) const {
    for (size_t j = i + 1; j < past_.size(); ++j) {
      if (IsNps(past_[j]) && past_[j].contact_id() == past_[i].contact_id()) {
        return true;
      }
    }
    return false;
  }

  bool HasOpenDeal() const {
    std::map<std::string, bool> open;
    for (const v1::Touchpoint& t : past_) {
      if (!t.has_deal()) continue;
      const auto action = t.deal().action();
      const bool is_new = open.count(t.deal_id()) == 0;
      if (action == v1::DealChange::ACTION_WON ||
          action == v1::DealChange::ACTION_LOST) {
        open[t.deal_id()] = false;
      } else if (is_new || action == v1::DealChange::ACTION_REOPENED) {
        open[t.deal_id()] = true;
      }
    }
    return std::any_of(open.begin(), open.end(),
                       [](const auto& deal) { return deal.second; });
  }

  // When visits began, at least 30 minutes after any touch of the one before.
  std::vector<Micros> Visits() const {
    std::vector<Micros> out;
    Micros newest = 0;
    for (const v1::Touchpoint& t : past_) {
      if (!t.has_site_visit()) continue;
      if (newest == 0 || TimeOf(t) - newest >= core::kMicrosPerDay / 48) {
        out.push_back(TimeOf(t));
      }
      newest = TimeOf(t);
    }
    return out;
  }

  // Goes through every instant at which the number of visits changes.
  Micros SurgeSince() const {
    const std::vector<Micros> visits = Visits();
    std::set<Micros> instants = {now_};
    for (const Micros visit : visits) {
      instants.insert(visit);
      instants.insert(visit + Days(n_.surge_days));
    }
    Micros since = 0;
    for (const Micros at : instants) {
      if (at > now_) break;
      const auto count =
          std::count_if(visits.begin(), visits.end(), [&](Micros visit) {
            return at - Days(n_.surge_days) < visit && visit <= at;
          });
      if (count < n_.surge_visits) {
        since = 0;
      } else if (since == 0) {
        since = at;
      }
    }
    return since;
  }

  std::vector<Micros> Purchases() const {
    ReferenceSales sales;
    std::map<std::string, bool> won;
    for (const v1::Touchpoint& t : past_) {
      if (t.has_deal()) {
        const bool wins = t.deal().action() == v1::DealChange::ACTION_WON;
        if (wins && !won[t.deal_id()]) sales.Win(t);
        if (wins) won[t.deal_id()] = true;
        if (t.deal().action() == v1::DealChange::ACTION_LOST ||
            t.deal().action() == v1::DealChange::ACTION_REOPENED) {
          won[t.deal_id()] = false;
        }
      } else if (t.has_invoice() &&
                 t.invoice().action() == v1::Invoice::ACTION_ISSUED) {
        sales.Issue(t);
      } else if (t.has_invoice()) {
        sales.Change(t.invoice());
      }
    }
    std::vector<Micros> out;
    for (const auto& [name, at] : sales.Counted()) out.push_back(at);
    std::sort(out.begin(), out.end());
    return out;
  }

  std::vector<Micros> NpsDues(const std::vector<Micros>& bought) const {
    std::vector<Micros> dues;
    for (const Micros at : bought) {
      const Micros due = at + Days(n_.nps_days);
      const auto is_recent = [&](Micros other) {
        return due - Days(n_.nps_days) < other && other <= due;
      };
      if (std::any_of(dues.begin(), dues.end(), is_recent)) continue;
      if (std::any_of(past_.begin(), past_.end(), [&](const auto& t) {
            return IsNps(t) && is_recent(TimeOf(t));
          })) {
        continue;
      }
      dues.push_back(due);
    }
    return dues;
  }

  std::vector<Micros> RewardDues(const std::vector<Micros>& bought) const {
    std::vector<Micros> dues;
    const Micros window = Days(n_.reward_days);
    for (size_t i = 0; i < bought.size(); ++i) {
      const Micros at = bought[i];
      int64_t lately = 0;
      int64_t before = 0;
      for (size_t j = 0; j <= i; ++j) {
        if (bought[j] > at - window) {
          ++lately;
        } else if (bought[j] > at - 2 * window) {
          ++before;
        }
      }
      const bool complained =
          std::any_of(past_.begin(), past_.end(), [&](const auto& t) {
            return t.ticket().type() == v1::TicketChange::TYPE_COMPLAINT &&
                   TimeOf(t) > at - 2 * window && TimeOf(t) <= at;
          });
      const bool rewarded =
          std::any_of(dues.begin(), dues.end(),
                      [&](Micros due) { return due > at - window; });
      if (lately >= n_.reward_purchases && lately > before && !complained &&
          !rewarded) {
        dues.push_back(at);
      }
    }
    return dues;
  }

  const Numbers n_;
  const Micros now_;
  History past_;
};

// A history in which things happen that signals are about.
History RandomSignals(std::mt19937& random) {
  RandomHistoryOptions options;
  options.touchpoints = 40;
  options.accounts = 1;
  options.contacts = 2;
  options.deals = 2;
  options.days = 400;
  History out = RandomHistory(random, options);
  const auto pick = [&](int n) { return static_cast<int>(random() % n); };
  for (int i = 0; i < 40; ++i) {
    std::string payload;
    switch (pick(5)) {
      case 0:
        payload = absl::StrCat("survey { type: TYPE_NPS score: ", pick(11),
                               " } contact_id: 'c", pick(3), "'");
        break;
      case 1:
        payload = "reward { action: ACTION_CODE_GIVEN code: 'X' }";
        break;
      case 2:
        payload = absl::StrCat(
            "ticket { ticket_id: 't", i, "' action: ACTION_OPENED type: ",
            pick(8) == 0 ? "TYPE_COMPLAINT" : "TYPE_QUESTION", " }");
        break;
      case 3:
        payload = absl::StrCat("invoice { invoice_id: 'x", i,
                               "' action: ACTION_ISSUED }");
        break;
      default:
        payload = "site_visit {}";
        break;
    }
    const Micros at = At("2025-01-01") + pick(400) * core::kMicrosPerDay +
                      pick(48) * core::kMicrosPerDay / 48;
    out.push_back(Tp(absl::StrCat("more", i), core::FormatInstant(at),
                     "account_id: 'A' " + payload));
  }
  // Contracts join sales, which the reference of sales knows by itself.
  out.erase(std::remove_if(out.begin(), out.end(),
                           [](const auto& t) { return t.has_contract(); }),
            out.end());
  // One journey: what names it otherwise is left to other tests.
  for (v1::Touchpoint& t : out) {
    t.set_account_id("A");
    t.clear_anonymous_id();
  }
  return out;
}

TEST(SignalReferenceTest, SameAsLookingAtEverythingAgain) {
  const unsigned seed = TestSeed(20261123);
  std::mt19937 random(seed);
  std::map<std::string, int> seen;
  for (int round = 0; round < 150; ++round) {
    Numbers numbers;
    const auto pick = [&](int n) { return static_cast<int>(random() % n); };
    numbers.surge_visits = 2 + pick(2);
    numbers.surge_days = 3 + pick(20);
    numbers.nps_days = 20 + pick(60);
    numbers.nps_keep = 10 + pick(60);
    numbers.reward_purchases = 1 + pick(3);
    numbers.reward_days = 30 + pick(60);
    numbers.reward_keep = 10 + pick(60);
    numbers.win_back_days = 10 + pick(40);
    const auto rules = TestRules(std::string(), RulesOf(numbers));
    const History history = RandomSignals(random);
    for (int i = 0; i < 12; ++i) {
      const Micros now = At("2025-01-01") + pick(450) * core::kMicrosPerDay +
                         pick(86400) * core::kMicrosPerSecond;
      History past;
      for (const v1::Touchpoint& t : history) {
        if (TimeOf(t) <= now) past.push_back(t);
      }
      const auto fold = FoldAll(*rules, AccountA(), past);
      std::multiset<std::string> in_force;
      for (const auto& each :
           projections::JourneySignals(*rules, fold.state())) {
        if (!each.HoldsAt(now)) continue;
        const std::string rule = each.rule_id.substr(7);
        ++seen[rule];
        in_force.insert(
            absl::StrCat(rule, " ", core::FormatInstant(each.since)));
      }
      ASSERT_THAT(in_force, ::testing::ContainerEq(
                                Reference(numbers, history, now).InForce()))
          << "seed " << seed << " round " << round << " at "
          << core::FormatInstant(now);
    }
  }
  for (const char* rule :
       {"visit_surge", "welcome", "nps_due", "reward_due", "win_back_due",
        "detractor", "negative_touchpoint"}) {
    EXPECT_GE(seen[rule], 10) << rule << ", seed " << seed;
  }
}

}  // namespace
}  // namespace journey::testing
