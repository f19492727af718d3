// The folds against the naive reference, on random histories.
#include "tests/projections/reference.h"

#include <algorithm>
#include <iostream>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "projections/conclude.h"
#include "projections/stall/stall.h"
#include "service/core/time.h"
#include "service/core/touchpoint.h"
#include "tests/projections/random_stalls.h"
#include "tests/projections/scenario.h"
#include "tests/support/temp_dir.h"

namespace journey::testing {
namespace {

constexpr int kHistories = 400;
constexpr int kInstantsPerHistory = 5;
constexpr double kScoreDifference = 1e-9;

std::string Dump(const std::vector<v1::Touchpoint>& history,
                 core::Micros instant) {
  std::string out = absl::StrCat("at ", core::FormatInstant(instant), "\n");
  for (const v1::Touchpoint& t : history) {
    absl::StrAppend(&out, core::FormatInstant(core::ToMicros(t.occurred_at())),
                    " ", t.ShortDebugString(), "\n");
  }
  return out;
}

std::map<v1::StallReason, ReferenceStall> StallsOfDeal(const v1::Deal& deal) {
  std::map<v1::StallReason, ReferenceStall> out;
  for (const v1::Stall& stall : deal.stalls()) {
    out[stall.reason()] = {core::ToMicros(stall.since()), stall.severity()};
  }
  return out;
}

// What the fold concludes at an instant.
ReferenceJourney Folded(const projections::Rules& rules,
                        const v1::Subject& subject,
                        const std::vector<v1::Touchpoint>& history,
                        core::Micros instant) {
  std::vector<v1::Touchpoint> past;
  for (const v1::Touchpoint& t : history) {
    if (core::ToMicros(t.occurred_at()) <= instant) past.push_back(t);
  }
  const projections::JourneyFold fold = FoldAll(rules, subject, past);
  const v1::Journey journey =
      projections::ConcludeJourney(rules, fold, instant);
  ReferenceJourney out;
  out.stage_id = journey.stage().stage_id();
  out.lead_status = journey.lead().status();
  out.lead_since = core::ToMicros(journey.lead().since());
  out.open_request =
      core::ToMicros(journey.lead().open_request().requested_at());
  out.scores = ScoresOf(journey);
  for (const auto& sale : fold.state().sales()) {
    if (sale.counted()) out.purchases.insert(sale.purchased_us());
  }
  EXPECT_EQ(journey.purchase_count(), out.purchases.size());
  if (!out.purchases.empty()) {
    EXPECT_EQ(core::ToMicros(journey.first_purchase_at()),
              *out.purchases.begin());
    EXPECT_EQ(core::ToMicros(journey.last_purchase_at()),
              *out.purchases.rbegin());
  }
  for (const auto& [deal_id, folded] : fold.deals()) {
    const storage::v1::DealState& state = *folded.state;
    if (state.status() == v1::DEAL_STATUS_UNSPECIFIED) continue;
    const v1::Deal deal =
        projections::ConcludeDeal(rules, state, subject, instant);
    out.deals[deal_id] = {deal.status(), deal.stage().stage_id(),
                          StallsOfDeal(deal)};
  }
  return out;
}

// A random history of purchases that are undone as often as not, and of what
// customers and sales say in between.
std::vector<v1::Touchpoint> UndoingHistory(std::mt19937& random,
                                           RandomHistoryOptions options) {
  options.touchpoints *= 4;
  std::vector<v1::Touchpoint> out;
  for (v1::Touchpoint& t : RandomHistory(random, options)) {
    const bool says = t.has_form_submission() || t.has_meeting() ||
                      t.has_qualification() || t.has_invoice();
    if (t.has_deal() || (!says && random() % 8 > 0)) continue;
    if (t.has_invoice()) {
      t.mutable_invoice()->set_invoice_id(absl::StrCat("I", random() % 6));
      t.mutable_invoice()->set_action(random() % 2 == 0
                                          ? v1::Invoice::ACTION_ISSUED
                                          : v1::Invoice::ACTION_CANCELLED);
      t.mutable_invoice()->clear_contract_id();
      t.mutable_invoice()->clear_renewal_id();
    }
    out.push_back(std::move(t));
  }
  return out;
}

// What happens in random histories that is worth something.
struct Occurrences {
  // A lead is no customer any more of which something was said while it was.
  int undone_after_word = 0;
  // A request is open again.
  int reopened = 0;
};

void Count(const projections::Rules& rules, const v1::Subject& subject,
           std::vector<v1::Touchpoint> history, Occurrences& out) {
  std::sort(history.begin(), history.end(), [](const auto& a, const auto& b) {
    return core::OrderKeyOf(a) < core::OrderKeyOf(b);
  });
  projections::JourneyFold fold(subject);
  storage::v1::LeadState& lead = *fold.state().mutable_lead();
  bool has_word = false;
  for (const v1::Touchpoint& t : history) {
    const bool had_request = lead.has_open_request();
    projections::Evolve(rules, t, fold);
    const bool is_customer = lead.status() == v1::LEAD_STATUS_CUSTOMER;
    if (!is_customer && has_word) ++out.undone_after_word;
    has_word = is_customer &&
               (has_word || t.has_qualification() || lead.has_open_request());
    if (t.has_invoice() && !had_request && lead.has_open_request()) {
      ++out.reopened;
    }
  }
}

TEST(Folds, ConcludeWhatTheDefinitionsSay) {
  const unsigned seed = TestSeed(20261122);
  std::mt19937 random(seed);
  const auto rules = TestRules();
  v1::Subject subject;
  subject.set_type(v1::SUBJECT_TYPE_ACCOUNT);
  subject.set_id("A0");
  Occurrences occurrences;
  for (int i = 0; i < kHistories; ++i) {
    RandomHistoryOptions options;
    options.touchpoints = 5 + i % 40;
    options.deals = 1 + i % 3;
    options.days = 5 + i % 100;
    const std::vector<v1::Touchpoint> history =
        i % 2 == 0 ? RandomHistory(random, options)
                   : UndoingHistory(random, options);
    if (history.empty()) continue;
    Count(*rules, subject, history, occurrences);
    for (int k = 0; k < kInstantsPerHistory; ++k) {
      const core::Micros first = core::ToMicros(history[0].occurred_at());
      const core::Micros instant =
          first + std::uniform_int_distribution<int64_t>(
                      0, 90 * core::kMicrosPerDay)(random);
      const ReferenceJourney want =
          Reference(rules->rule_set(), history, instant);
      const ReferenceJourney got = Folded(*rules, subject, history, instant);
      ASSERT_EQ(got.stage_id, want.stage_id) << Dump(history, instant);
      ASSERT_EQ(got.lead_status, want.lead_status) << Dump(history, instant);
      ASSERT_EQ(got.lead_since, want.lead_since) << Dump(history, instant);
      ASSERT_EQ(got.open_request, want.open_request) << Dump(history, instant);
      ASSERT_NEAR(got.scores.behaviour, want.scores.behaviour, kScoreDifference)
          << Dump(history, instant);
      ASSERT_EQ(got.scores.fit, want.scores.fit) << Dump(history, instant);
      ASSERT_EQ(got.purchases, want.purchases) << Dump(history, instant);
      ASSERT_EQ(got.deals.size(), want.deals.size());
      for (const auto& [deal_id, deal] : want.deals) {
        const ReferenceDeal& other = got.deals.at(deal_id);
        ASSERT_EQ(other.status, deal.status)
            << deal_id << Dump(history, instant);
        ASSERT_EQ(other.stage_id, deal.stage_id)
            << deal_id << Dump(history, instant);
        ASSERT_EQ(other.stalls, deal.stalls)
            << deal_id << Dump(history, instant);
      }
    }
  }
  // The histories are worth something.
  EXPECT_GT(occurrences.undone_after_word, kHistories / 20);
  EXPECT_GT(occurrences.reopened, 0);
}

// Some instants at random, and those at which something is to change after the
// last touchpoint, each with the one before it.
std::vector<core::Micros> InstantsOf(
    std::mt19937& random, const projections::Rules& rules,
    const v1::Subject& subject, const std::vector<v1::Touchpoint>& history) {
  const core::Micros first = core::ToMicros(history[0].occurred_at());
  std::vector<core::Micros> out;
  for (int k = 0; k < kInstantsPerHistory; ++k) {
    out.push_back(first + std::uniform_int_distribution<int64_t>(
                              0, 60 * core::kMicrosPerDay)(random));
  }
  const projections::JourneyFold fold = FoldAll(rules, subject, history);
  for (const auto& [deal_id, deal] : fold.deals()) {
    for (const auto& interval :
         projections::StallIntervals(rules, *deal.state)) {
      for (const core::Micros at :
           {interval.since, interval.critical_since, interval.until}) {
        if (at == core::kNever || at <= first) continue;
        out.push_back(at - 1);
        out.push_back(at);
      }
    }
  }
  return out;
}

TEST(Stalls, AreWhatTheDefinitionsSayByAnyRules) {
  const unsigned seed = TestSeed(20261123);
  std::mt19937 random(seed);
  v1::Subject subject;
  subject.set_type(v1::SUBJECT_TYPE_ACCOUNT);
  subject.set_id("A0");
  // How often each reason held, and how often critically.
  std::map<std::string, int> warnings;
  std::map<std::string, int> criticals;
  for (int i = 0; i < kHistories; ++i) {
    const auto rules = projections::Rules::Make(
        WithRandomStalls(random, TestRules()->rule_set()));
    ASSERT_TRUE(rules.ok()) << rules.status();
    RandomHistoryOptions options;
    options.touchpoints = 10 + i % 50;
    options.deals = 1 + i % 2;
    options.days = 10 + i % 80;
    const auto history = TalkativeHistory(random, options);
    for (const core::Micros instant :
         InstantsOf(random, **rules, subject, history)) {
      const auto want = Reference((*rules)->rule_set(), history, instant);
      const auto got = Folded(**rules, subject, history, instant);
      ASSERT_EQ(got.deals.size(), want.deals.size());
      for (const auto& [deal_id, deal] : want.deals) {
        ASSERT_EQ(got.deals.at(deal_id).stalls, deal.stalls)
            << deal_id << " by " << (*rules)->rule_set().DebugString()
            << Dump(history, instant);
        for (const auto& [reason, stall] : deal.stalls) {
          const bool is_critical = stall.second == v1::STALL_SEVERITY_CRITICAL;
          ++(is_critical ? criticals : warnings)[v1::StallReason_Name(reason)];
        }
      }
    }
  }
  for (int reason = v1::STALL_REASON_UNANSWERED_OFFER;
       reason <= v1::StallReason_MAX; ++reason) {
    const std::string& name = v1::StallReason_Name(reason);
    std::cout << name << ": " << warnings[name] << " warnings, "
              << criticals[name] << " critical\n";
    EXPECT_GT(warnings[name], kHistories / 20) << name;
    EXPECT_GT(criticals[name], kHistories / 20) << name;
  }
}

}  // namespace
}  // namespace journey::testing
