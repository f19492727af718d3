// What is announced, and when: raised, revised, withdrawn, by receipt and by
// time alone.
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/core/limits.h"
#include "service/core/time.h"
#include "tests/support/engine.h"
#include "tests/support/history.h"
#include "tests/support/temp_dir.h"

namespace journey::testing {
namespace {

using core::Micros;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Only the signals that a test is about.
constexpr char kStallsOnly[] = "\nsignals:\n  - {type: stall, action: Call}\n";
constexpr char kSqlOnly[] = "\nsignals:\n  - {type: became_sql}\n";

class AnnounceTest : public ::testing::Test {
 protected:
  // The default rules with other signals, and `changes` in their text.
  void Open(const std::string& signals,
            const std::vector<std::pair<absl::string_view, absl::string_view>>&
                changes = {}) {
    std::string rules = ReadFile(JOURNEY_RULES_DIR "/default.yaml");
    rules.resize(rules.find("\nsignals:\n"));
    rules = absl::StrReplaceAll(rules + signals, changes);
    WriteFile(dir_.Join("rules.yaml"), rules);
    const Micros now =
        engine_ == nullptr ? At("2025-01-01") : engine_->clock().Now();
    engine_ = nullptr;
    EngineOptions options;
    options.directory = dir_.path();
    options.rules_file = dir_.Join("rules.yaml");
    options.now = now;
    engine_ = Engine::Open(std::move(options)).value();
  }

  void Append(const std::vector<v1::Touchpoint>& touchpoints) {
    const auto response = engine_->Append(touchpoints);
    ASSERT_TRUE(response.ok()) << response.status();
  }

  // Sets the clock, and announces what is due.
  void AnnounceAt(absl::string_view instant) {
    engine_->clock().Set(At(instant));
    const absl::Status status = engine_->Announce();
    ASSERT_TRUE(status.ok()) << status;
  }

  // What is new in the signal log: "RAISED stall.inactive@o 1" and so on, with
  // the revision.
  std::vector<std::string> News() {
    const auto events = engine_->SignalEvents();
    std::vector<std::string> out;
    for (; read_ < events.size(); ++read_) {
      const v1::SignalEvent& event = events[read_];
      out.push_back(absl::StrCat(
          absl::StripPrefix(v1::SignalChange_Name(event.change()),
                            "SIGNAL_CHANGE_"),
          " ", absl::StripPrefix(event.signal().rule_id(), "signal."), "@",
          event.signal().anchor().touchpoint_id(), " ",
          event.signal().revision(),
          event.signal().historical() ? " historical" : ""));
    }
    return out;
  }

  v1::Signal Last() { return engine_->SignalEvents().back().signal(); }

  TempDir dir_;
  std::unique_ptr<Engine> engine_;
  size_t read_ = 0;
};

v1::Touchpoint OpenDeal(const std::string& account = "A") {
  return Tp("o", "2025-01-01",
            absl::StrCat("account_id: '", account,
                         "' deal_id: 'D' owner_id: 'anna' deal { action: "
                         "ACTION_OPENED name: 'Big one' amount { amount_minor: "
                         "100 currency_code: 'EUR' } }"));
}

v1::Touchpoint Reply(const std::string& id, absl::string_view at) {
  return Tp(id, at,
            "account_id: 'A' deal_id: 'D' email { action: ACTION_REPLIED }");
}

v1::Touchpoint Demo(const std::string& id, absl::string_view at,
                    const std::string& account = "A") {
  return Tp(id, at,
            absl::StrCat("account_id: '", account,
                         "' form_submission { intent: INTENT_DEMO }"));
}

TEST_F(AnnounceTest, StallIsRaisedAtItsInstantAndWithdrawnByAReply) {
  Open(kStallsOnly);
  Append({OpenDeal()});
  AnnounceAt("2025-01-07T23:59:59Z");
  EXPECT_THAT(News(), IsEmpty());
  AnnounceAt("2025-01-08T00:00:00Z");
  EXPECT_THAT(News(), ElementsAre("RAISED stall.inactive@o 1"));
  const v1::Signal raised = Last();
  EXPECT_EQ(raised.deal_id(), "D");
  EXPECT_EQ(raised.owner_id(), "anna");
  EXPECT_EQ(raised.journey().id(), "A");
  EXPECT_EQ(raised.action(), "Call");
  EXPECT_EQ(raised.stall_reason(), v1::STALL_REASON_INACTIVE);
  EXPECT_EQ(raised.attributes().fields().at("amount_minor").string_value(),
            "100");
  EXPECT_EQ(core::ToMicros(raised.raised_at()), At("2025-01-08"));
  EXPECT_EQ(raised.explanation().rule_id(), "stall.inactive");
  AnnounceAt("2025-01-09");
  EXPECT_THAT(News(), IsEmpty());
  Append({Reply("r", "2025-01-09")});
  AnnounceAt("2025-01-09T00:00:01Z");
  EXPECT_THAT(News(), ElementsAre("WITHDRAWN stall.inactive@o 2"));
  // Each silence is a signal of its own. The company's silence comes first.
  AnnounceAt("2025-01-16");
  EXPECT_THAT(News(), ElementsAre("RAISED stall.neglected@o 1",
                                  "RAISED stall.inactive@r 1"));
}

TEST_F(AnnounceTest, TellsWhatIsDueAndNotAnnounced) {
  Open(kStallsOnly);
  Append({OpenDeal()});
  const auto oldest = [&] {
    return engine_->views().GetTenant(Engine::kTenant).value().value();
  };
  EXPECT_FALSE(oldest().has_oldest_unannounced_at());
  EXPECT_EQ(engine_->views().SignalLag(), 0);
  engine_->clock().Set(At("2025-01-09"));
  EXPECT_EQ(core::ToMicros(oldest().oldest_unannounced_at()), At("2025-01-08"));
  EXPECT_EQ(engine_->views().SignalLag(), core::kMicrosPerDay);
  ASSERT_TRUE(engine_->Announce().ok());
  EXPECT_FALSE(oldest().has_oldest_unannounced_at());
  EXPECT_EQ(oldest().signal_position(), 1);
  EXPECT_EQ(engine_->views().SignalLag(), 0);
}

TEST_F(AnnounceTest, RestartAndRebuildRaiseNothingTwice) {
  Open(kStallsOnly);
  Append({OpenDeal()});
  AnnounceAt("2025-01-08");
  EXPECT_THAT(News(), ElementsAre("RAISED stall.inactive@o 1"));
  Open(kStallsOnly);
  AnnounceAt("2025-01-09");
  EXPECT_THAT(News(), IsEmpty());
  engine_->Act(Last().signal_id(), v1::SIGNAL_CHANGE_ACKNOWLEDGED).value();
  EXPECT_THAT(News(), ElementsAre("ACKNOWLEDGED stall.inactive@o 1"));
  engine_ = nullptr;
  ASSERT_EQ(system(absl::StrCat("rm -r ", dir_.Join("views")).c_str()), 0);
  Open(kStallsOnly);
  AnnounceAt("2025-01-10");
  EXPECT_THAT(News(), IsEmpty());
  EXPECT_EQ(engine_->views()
                .FindSignal(Engine::kTenant, Last().signal_id())
                .value()
                ->handling(),
            v1::SIGNAL_HANDLING_ACKNOWLEDGED);
}

TEST_F(AnnounceTest, WhatCameDueWhileTheServiceWasDownIsAnnouncedAtOnce) {
  Open(kStallsOnly);
  Append({OpenDeal()});
  AnnounceAt("2025-01-02");
  Open(kStallsOnly);
  // However long it was down, none of it is historical.
  AnnounceAt("2025-06-01");
  EXPECT_THAT(News(), ElementsAre("RAISED stall.inactive@o 1",
                                  "RAISED stall.neglected@o 1"));
  EXPECT_EQ(core::ToMicros(engine_->SignalEvents()[0].at()), At("2025-01-08"));
}

TEST_F(AnnounceTest, OtherThresholdWithdrawsAndRevises) {
  Open(kStallsOnly);
  Append({OpenDeal()});
  AnnounceAt("2025-01-08");
  News();
  const std::string id = Last().signal_id();
  engine_->Act(id, v1::SIGNAL_CHANGE_ACKNOWLEDGED).value();
  Open(kStallsOnly, {{"stall_days: 7", "stall_days: 10"}});
  AnnounceAt("2025-01-09");
  EXPECT_THAT(News(), ElementsAre("ACKNOWLEDGED stall.inactive@o 1",
                                  "WITHDRAWN stall.inactive@o 2"));
  AnnounceAt("2025-01-11");
  EXPECT_THAT(News(), ElementsAre("REVISED stall.inactive@o 3"));
  EXPECT_EQ(Last().signal_id(), id);
  EXPECT_EQ(Last().handling(), v1::SIGNAL_HANDLING_ACKNOWLEDGED);
  EXPECT_EQ(core::ToMicros(Last().raised_at()), At("2025-01-08"));
}

TEST_F(AnnounceTest, OldNewsIsHistorical) {
  Open(kStallsOnly);
  engine_->clock().Set(At("2025-03-01"));
  Append({OpenDeal()});
  AnnounceAt("2025-03-01");
  EXPECT_THAT(News(), ElementsAre("RAISED stall.inactive@o 1 historical",
                                  "RAISED stall.neglected@o 1 historical"));
}

TEST_F(AnnounceTest, NewsIsOldAfterExactlySevenDays) {
  Open(kSqlOnly);
  engine_->clock().Set(At("2025-01-15"));
  Append(
      {Demo("f", "2025-01-08", "B"), Demo("g", "2025-01-08T00:00:01Z", "C")});
  AnnounceAt("2025-01-15");
  EXPECT_THAT(News(), ElementsAre("RAISED became_sql@f 1 historical",
                                  "RAISED became_sql@g 1"));
}

TEST_F(AnnounceTest, NewRulesAnnounceNothingOld) {
  Open(kSqlOnly);
  Append({OpenDeal()});
  AnnounceAt("2025-03-01");
  EXPECT_THAT(News(), IsEmpty());
  Open(kStallsOnly);
  AnnounceAt("2025-03-01");
  EXPECT_THAT(News(), ElementsAre("RAISED stall.inactive@o 1 historical",
                                  "RAISED stall.neglected@o 1 historical"));
}

TEST_F(AnnounceTest, RetractionWithdraws) {
  Open(kSqlOnly);
  Append({Demo("f", "2025-01-01")});
  AnnounceAt("2025-01-02");
  EXPECT_THAT(News(), ElementsAre("RAISED became_sql@f 1"));
  ASSERT_TRUE(engine_->Retract("f").ok());
  AnnounceAt("2025-01-03");
  EXPECT_THAT(News(), ElementsAre("WITHDRAWN became_sql@f 2"));
}

TEST_F(AnnounceTest, MergeMovesSignalsWithoutRaisingThemAgain) {
  Open(kSqlOnly);
  Append({Demo("f", "2025-01-01", "B")});
  AnnounceAt("2025-01-02");
  EXPECT_THAT(News(), ElementsAre("RAISED became_sql@f 1"));
  Append({Tp("m", "2025-01-02",
             "account_id: 'B' account_merge { other_account_id: 'A' }")});
  AnnounceAt("2025-01-03");
  EXPECT_THAT(News(), ElementsAre("REVISED became_sql@f 2"));
  EXPECT_EQ(Last().journey().id(), "A");
  AnnounceAt("2025-01-04");
  EXPECT_THAT(News(), IsEmpty());
  // And back.
  ASSERT_TRUE(engine_->Retract("m").ok());
  AnnounceAt("2025-01-05");
  EXPECT_THAT(News(), ElementsAre("REVISED became_sql@f 3"));
  EXPECT_EQ(Last().journey().id(), "B");
}

TEST_F(AnnounceTest, MergeThatMakesItFalseWithdraws) {
  Open(kSqlOnly);
  Append({Demo("f", "2025-01-03", "B"),
          Tp("i", "2025-01-01",
             "account_id: 'A' invoice { action: ACTION_ISSUED invoice_id: 'i' "
             "}")});
  AnnounceAt("2025-01-04");
  EXPECT_THAT(News(), ElementsAre("RAISED became_sql@f 1"));
  Append({Tp("m", "2025-01-04",
             "account_id: 'B' account_merge { other_account_id: 'A' }")});
  // Together they are a customer.
  AnnounceAt("2025-01-05");
  EXPECT_THAT(News(), ElementsAre("WITHDRAWN became_sql@f 2"));
}

TEST_F(AnnounceTest, SnoozeEndsWhileItHolds) {
  Open(kStallsOnly);
  Append({OpenDeal()});
  AnnounceAt("2025-01-08");
  News();
  const std::string id = Last().signal_id();
  const auto snoozed =
      engine_->Act(id, v1::SIGNAL_CHANGE_SNOOZED, At("2025-01-10"));
  ASSERT_TRUE(snoozed.ok()) << snoozed.status();
  EXPECT_EQ(core::ToMicros(snoozed->snoozed_until()), At("2025-01-10"));
  AnnounceAt("2025-01-09T23:59:59Z");
  EXPECT_THAT(News(), ElementsAre("SNOOZED stall.inactive@o 1"));
  AnnounceAt("2025-01-10");
  EXPECT_THAT(News(), ElementsAre("SNOOZE_ENDED stall.inactive@o 2"));
  EXPECT_FALSE(Last().has_snoozed_until());
  engine_->Act(id, v1::SIGNAL_CHANGE_SNOOZED, At("2025-01-12")).value();
  engine_->Act(id, v1::SIGNAL_CHANGE_FINISHED).value();
  AnnounceAt("2025-01-13");
  EXPECT_THAT(News(), ElementsAre("SNOOZED stall.inactive@o 2",
                                  "FINISHED stall.inactive@o 2"));
}

TEST_F(AnnounceTest, WithdrawalAfterDoneIsAnnouncedAndKeepsIt) {
  Open(kStallsOnly);
  Append({OpenDeal()});
  AnnounceAt("2025-01-08");
  engine_->Act(Last().signal_id(), v1::SIGNAL_CHANGE_FINISHED).value();
  News();
  Append({Reply("r", "2025-01-08")});
  AnnounceAt("2025-01-09");
  EXPECT_THAT(News(), ElementsAre("WITHDRAWN stall.inactive@o 2"));
  EXPECT_EQ(Last().handling(), v1::SIGNAL_HANDLING_FINISHED);
  EXPECT_EQ(Last().handled_by(), "anna");
}

TEST_F(AnnounceTest, RepeatedActionChangesNothing) {
  Open(kStallsOnly);
  Append({OpenDeal()});
  AnnounceAt("2025-01-08");
  const std::string id = Last().signal_id();
  engine_->Act(id, v1::SIGNAL_CHANGE_DISMISSED).value();
  const size_t events = engine_->SignalEvents().size();
  EXPECT_TRUE(engine_->Act(id, v1::SIGNAL_CHANGE_DISMISSED).ok());
  EXPECT_EQ(engine_->SignalEvents().size(), events);
  EXPECT_EQ(engine_->Act(std::string(32, '0'), v1::SIGNAL_CHANGE_DISMISSED)
                .status()
                .code(),
            absl::StatusCode::kNotFound);
}

TEST_F(AnnounceTest, OfTwoPeopleTheLaterOneCounts) {
  Open(kStallsOnly);
  Append({OpenDeal()});
  AnnounceAt("2025-01-08");
  News();
  const std::string id = Last().signal_id();
  const auto acknowledge = [&](const std::string& actor) {
    return engine_->Act(id, v1::SIGNAL_CHANGE_ACKNOWLEDGED, 0, actor).value();
  };
  EXPECT_EQ(acknowledge("anna").handled_by(), "anna");
  engine_->clock().Set(At("2025-01-09"));
  const v1::Signal second = acknowledge("cleo");
  EXPECT_EQ(second.handled_by(), "cleo");
  EXPECT_EQ(core::ToMicros(second.handled_at()), At("2025-01-09"));
  // Repeated by the same person.
  EXPECT_EQ(acknowledge("cleo").handled_by(), "cleo");
  EXPECT_THAT(News(), ElementsAre("ACKNOWLEDGED stall.inactive@o 1",
                                  "ACKNOWLEDGED stall.inactive@o 1"));
  EXPECT_EQ(acknowledge("anna").handled_by(), "anna");
  EXPECT_THAT(News(), ElementsAre("ACKNOWLEDGED stall.inactive@o 1"));
}

TEST_F(AnnounceTest, SnoozeLeavesAloneWhoHandledIt) {
  Open(kStallsOnly);
  Append({OpenDeal()});
  AnnounceAt("2025-01-08");
  const std::string id = Last().signal_id();
  const auto snooze = [&](const std::string& actor) {
    return engine_->Act(id, v1::SIGNAL_CHANGE_SNOOZED, At("2025-01-12"), actor)
        .value();
  };
  engine_->Act(id, v1::SIGNAL_CHANGE_ACKNOWLEDGED, 0, "cleo").value();
  News();
  engine_->clock().Set(At("2025-01-09"));
  const v1::Signal snoozed = snooze("anna");
  EXPECT_EQ(core::ToMicros(snoozed.snoozed_until()), At("2025-01-12"));
  EXPECT_EQ(snoozed.handling(), v1::SIGNAL_HANDLING_ACKNOWLEDGED);
  EXPECT_EQ(snoozed.handled_by(), "cleo");
  EXPECT_EQ(core::ToMicros(snoozed.handled_at()), At("2025-01-08"));
  snooze("anna");
  EXPECT_THAT(News(), ElementsAre("SNOOZED stall.inactive@o 1"));
}

TEST_F(AnnounceTest, OpenSignalTellsWhoSnoozedIt) {
  Open(kStallsOnly);
  Append({OpenDeal()});
  AnnounceAt("2025-01-08");
  News();
  const std::string id = Last().signal_id();
  const auto snooze = [&](const std::string& actor) {
    return engine_->Act(id, v1::SIGNAL_CHANGE_SNOOZED, At("2025-01-12"), actor)
        .value();
  };
  EXPECT_EQ(snooze("anna").handled_by(), "anna");
  EXPECT_EQ(snooze("anna").handling(), v1::SIGNAL_HANDLING_OPEN);
  EXPECT_EQ(snooze("cleo").handled_by(), "cleo");
  EXPECT_THAT(News(), ElementsAre("SNOOZED stall.inactive@o 1",
                                  "SNOOZED stall.inactive@o 1"));
  const auto taken =
      engine_->Act(id, v1::SIGNAL_CHANGE_ACKNOWLEDGED, 0, "cleo").value();
  EXPECT_EQ(taken.handling(), v1::SIGNAL_HANDLING_ACKNOWLEDGED);
  EXPECT_THAT(News(), ElementsAre("ACKNOWLEDGED stall.inactive@o 1"));
}

TEST_F(AnnounceTest, TooManyActionsAreRefusedAtOnce) {
  Open(kStallsOnly);
  Append({OpenDeal()});
  AnnounceAt("2025-01-08");
  signals::SignalAction action;
  action.tenant_id = Engine::kTenant;
  action.signal_id = Last().signal_id();
  action.change = v1::SIGNAL_CHANGE_ACKNOWLEDGED;
  action.actor = "anna";
  std::promise<absl::StatusCode> refused;
  signals::SignalAction first = action;
  // Called on the announcer's thread, which takes no other action meanwhile.
  first.done = [&](const auto&) {
    for (int i = 0; i < core::kSignalActionsQueuedMax; ++i) {
      signals::SignalAction next = action;
      next.done = [](const auto&) {};
      engine_->announcer().Submit(std::move(next));
    }
    signals::SignalAction last = action;
    last.done = [&](const auto& answer) {
      refused.set_value(answer.status().code());
    };
    engine_->announcer().Submit(std::move(last));
  };
  engine_->announcer().Submit(std::move(first));
  EXPECT_EQ(refused.get_future().get(), absl::StatusCode::kResourceExhausted);
}

TEST_F(AnnounceTest, NewOwnerIsARevision) {
  Open(kStallsOnly);
  Append({OpenDeal()});
  AnnounceAt("2025-01-08");
  News();
  Append({Tp("u", "2025-01-08",
             "account_id: 'A' deal_id: 'D' owner_id: 'bert' deal { action: "
             "ACTION_UPDATED }")});
  AnnounceAt("2025-01-09");
  EXPECT_THAT(News(), ElementsAre("REVISED stall.inactive@o 2"));
  EXPECT_EQ(Last().owner_id(), "bert");
}

}  // namespace
}  // namespace journey::testing
