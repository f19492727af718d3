// What is announced, and when: raised, revised, withdrawn, by receipt and by
// time alone.
#include <chrono>
#include <filesystem>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/core/errors.h"
#include "service/core/limits.h"
#include "service/core/signal_log.h"
#include "service/core/time.h"
#include "service/signals/announcer.h"
#include "tests/support/engine.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/history.h"
#include "tests/support/temp_dir.h"

namespace journey::testing {
namespace {

using core::Micros;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr Micros kHour = 3600 * core::kMicrosPerSecond;

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
    const Micros now = engine_ == nullptr ? now_ : engine_->clock().Now();
    engine_ = nullptr;
    EngineOptions options;
    options.directory = dir_.path();
    options.rules_file = dir_.Join("rules.yaml");
    options.file_system = files_;
    options.now = now;
    auto engine = Engine::Open(std::move(options));
    if (engine.ok()) engine_ = *std::move(engine);
    now_ = now;
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
  const std::shared_ptr<FaultFileSystem> files_ =
      std::make_shared<FaultFileSystem>(1);
  // What the clock showed last.
  Micros now_ = At("2025-01-01");
  // Null where it could not be opened.
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

// Tells nothing of the customer.
v1::Touchpoint Note(const std::string& id, absl::string_view at) {
  return Tp(id, at,
            "account_id: 'A' deal_id: 'D' deal { action: ACTION_UPDATED }");
}

v1::Touchpoint Invoice(const std::string& id, absl::string_view issued,
                       const std::string& due_date,
                       const std::string& account = "A") {
  return Tp(id, issued,
            absl::StrCat("account_id: '", account,
                         "' invoice { action: ACTION_ISSUED invoice_id: '", id,
                         "' due_date { ", due_date, " } }"));
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

TEST_F(AnnounceTest, WhatArrivesFirstAfterTheServiceWasDownMakesNothingOld) {
  Open(kStallsOnly);
  Append({OpenDeal()});
  AnnounceAt("2025-01-02");
  Open(kStallsOnly);
  // It was down for long after the stall was due.
  engine_->clock().Set(At("2025-01-20"));
  Append({Note("n", "2025-01-19")});
  engine_->clock().Set(At("2025-01-28"));
  Append({Note("n2", "2025-01-28")});
  AnnounceAt("2025-01-28T00:00:01Z");
  EXPECT_THAT(News(), Contains("RAISED stall.inactive@o 1"));
  EXPECT_FALSE(Last().historical());
}

TEST_F(AnnounceTest, OldNewsIsHistoricalThoughSomethingElseIsDue) {
  Open("\nsignals:\n  - {type: at_risk}\n");
  Append({Invoice("i", "2025-01-01", "year: 2025 month: 1 day: 9")});
  engine_->clock().Set(At("2025-01-20"));
  Append({Invoice("j", "2024-06-01", "year: 2024 month: 6 day: 9")});
  AnnounceAt("2025-01-20");
  EXPECT_THAT(News(),
              UnorderedElementsAre("RAISED at_risk.invoice@i 1",
                                   "RAISED at_risk.invoice@j 1 historical"));
}

TEST_F(AnnounceTest, EachDealIsJudgedByWhatItReceived) {
  Open(kStallsOnly);
  Append({OpenDeal()});
  engine_->clock().Set(At("2025-01-20"));
  // Another account's touchpoint, in the same replay.
  Append({Demo("f", "2025-01-20", "B")});
  engine_ = nullptr;
  std::filesystem::remove_all(dir_.Join("views"));
  now_ = At("2025-01-20");
  Open(kStallsOnly);
  AnnounceAt("2025-01-20");
  EXPECT_THAT(News(), ElementsAre("RAISED stall.inactive@o 1",
                                  "RAISED stall.neglected@o 1"));
}

TEST_F(AnnounceTest, SourceWhoseClockIsAheadSilencesNothing) {
  Open(kStallsOnly);
  Append({OpenDeal()});
  // Every hour a touchpoint that is dated eight hours ahead.
  for (int hour = 0; hour < 24; ++hour) {
    const Micros now = At("2025-01-08") + hour * kHour;
    engine_->clock().Set(now);
    Append(
        {Note(absl::StrCat("n", hour), core::FormatInstant(now + 8 * kHour))});
    ASSERT_TRUE(engine_->Announce().ok());
  }
  EXPECT_THAT(News(), ElementsAre("RAISED stall.inactive@o 1"));
  EXPECT_EQ(engine_->views().SignalLag(), 0);
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

TEST_F(AnnounceTest, NewRulesAnnounceNothingOldThoughTheStartWasCutShort) {
  Open(kSqlOnly);
  Append({OpenDeal()});
  AnnounceAt("2025-03-01");
  // The views are destroyed, and cannot be begun anew.
  files_->Inject(FaultyCall::kWrite, Fault::kIoError, "views/generation", 0);
  Open(kStallsOnly);
  ASSERT_EQ(engine_, nullptr);
  files_->ClearInjections();
  Open(kStallsOnly);
  ASSERT_NE(engine_, nullptr);
  AnnounceAt("2025-03-01");
  EXPECT_THAT(News(), ElementsAre("RAISED stall.inactive@o 1 historical",
                                  "RAISED stall.neglected@o 1 historical"));
}

TEST_F(AnnounceTest, LostViewsForgetNotWhenRulesCame) {
  Open(kSqlOnly);
  Append({OpenDeal()});
  AnnounceAt("2025-03-01");
  for (const absl::string_view lost : {"before", "after"}) {
    SCOPED_TRACE(lost);
    engine_ = nullptr;
    now_ = At("2025-03-01");
    std::filesystem::remove_all(dir_.Join("views"));
    Open(kStallsOnly);
  }
  AnnounceAt("2025-03-02");
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

TEST_F(AnnounceTest, DealThatMovesToAnotherJourneyIsRevised) {
  Open(kStallsOnly);
  Append({OpenDeal("B")});
  AnnounceAt("2025-01-08");
  EXPECT_THAT(News(), ElementsAre("RAISED stall.inactive@o 1"));
  Append({Tp("m", "2025-01-02",
             "account_id: 'B' account_merge { other_account_id: 'A' }")});
  AnnounceAt("2025-01-08T00:00:01Z");
  EXPECT_THAT(News(), ElementsAre("REVISED stall.inactive@o 2"));
  EXPECT_EQ(Last().journey().id(), "A");
  ASSERT_TRUE(engine_->Retract("m").ok());
  AnnounceAt("2025-01-08T00:00:02Z");
  EXPECT_THAT(News(), ElementsAre("REVISED stall.inactive@o 3"));
  EXPECT_EQ(Last().journey().id(), "B");
  AnnounceAt("2025-01-09");
  EXPECT_THAT(News(), IsEmpty());
}

TEST_F(AnnounceTest, DealThatGetsItsAccountIsRevised) {
  Open(kStallsOnly);
  Append(
      {Tp("o", "2025-01-01", "deal_id: 'D' deal { action: ACTION_OPENED }")});
  AnnounceAt("2025-01-08");
  EXPECT_THAT(News(), ElementsAre("RAISED stall.inactive@o 1"));
  EXPECT_EQ(Last().journey().type(), v1::SUBJECT_TYPE_DEAL);
  Append({Tp("u", "2025-01-08",
             "account_id: 'A' deal_id: 'D' deal { action: ACTION_UPDATED }")});
  AnnounceAt("2025-01-08T00:00:01Z");
  EXPECT_THAT(News(), ElementsAre("REVISED stall.inactive@o 2"));
  EXPECT_EQ(Last().journey().id(), "A");
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

TEST_F(AnnounceTest, SnoozeOfWhatIsDoneEndsInSilence) {
  Open(kStallsOnly);
  Append({OpenDeal()});
  AnnounceAt("2025-01-08");
  const std::string id = Last().signal_id();
  for (const v1::SignalChange done :
       {v1::SIGNAL_CHANGE_FINISHED, v1::SIGNAL_CHANGE_DISMISSED}) {
    engine_->Act(id, done).value();
    engine_->Act(id, v1::SIGNAL_CHANGE_SNOOZED, At("2025-01-10")).value();
  }
  News();
  AnnounceAt("2025-01-11");
  EXPECT_THAT(News(), IsEmpty());
}

TEST_F(AnnounceTest, SnoozeThatEndedWhileItDidNotHoldIsOver) {
  Open(kSqlOnly);
  Append({Demo("f", "2025-01-01")});
  AnnounceAt("2025-01-02");
  engine_->Act(Last().signal_id(), v1::SIGNAL_CHANGE_SNOOZED, At("2025-01-05"))
      .value();
  Append({Tp("i", "2025-01-01T00:00:01Z",
             "account_id: 'A' invoice { action: ACTION_ISSUED invoice_id: 'i' "
             "}")});
  AnnounceAt("2025-01-03");
  News();
  AnnounceAt("2025-01-06");
  ASSERT_TRUE(engine_->Retract("i").ok());
  AnnounceAt("2025-01-07");
  EXPECT_THAT(News(), ElementsAre("REVISED became_sql@f 3"));
  EXPECT_FALSE(Last().has_snoozed_until());
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

// Passes appends on to another writer.
class PassingWriter : public log::Writer {
 public:
  explicit PassingWriter(log::Writer& writer) : writer_(writer) {}
  void Submit(log::Append append) override {
    writer_.Submit(std::move(append));
  }
  [[nodiscard]] int64_t queue_depth() const override {
    return writer_.queue_depth();
  }
  [[nodiscard]] int64_t applied_group() const override {
    return writer_.applied_group();
  }
  void Stop() override {}

 private:
  log::Writer& writer_;
};

// Refuses what belongs to one log.
class RefusingWriter final : public PassingWriter {
 public:
  RefusingWriter(log::Writer& writer, std::string log_id)
      : PassingWriter(writer), log_id_(std::move(log_id)) {}
  void Submit(log::Append append) override {
    if (append.tenant_id != log_id_) {
      return PassingWriter::Submit(std::move(append));
    }
    append.done(core::OverloadedError("refused", "test"));
  }

 private:
  const std::string log_id_;
};

// Holds appends back until so many are there.
class HoldingWriter final : public PassingWriter {
 public:
  HoldingWriter(log::Writer& writer, size_t count)
      : PassingWriter(writer), count_(count) {}
  void Submit(log::Append append) override {
    held_.push_back(std::move(append));
    if (held_.size() < count_) return;
    count_ = 0;
    for (log::Append& held : held_) PassingWriter::Submit(std::move(held));
    held_.clear();
  }

 private:
  size_t count_;
  std::vector<log::Append> held_;
};

// Announces only when it is told to.
std::unique_ptr<signals::Announcer> AnnouncerOf(Engine& engine,
                                                log::Writer& writer) {
  signals::AnnouncerOptions options;
  options.writer = &writer;
  options.views = &engine.views();
  options.clock = &engine.clock();
  options.interval = std::chrono::milliseconds(0);
  return signals::Announcer::Start(std::move(options));
}

void AppendOf(const std::string& tenant_id, const v1::Touchpoint& touchpoint,
              Engine& engine) {
  std::promise<absl::Status> answer;
  log::Append append;
  append.tenant_id = tenant_id;
  append.touchpoints = {std::make_shared<v1::Touchpoint>(touchpoint)};
  append.done = [&](const auto& response) {
    answer.set_value(response.status());
  };
  engine.writer().Submit(std::move(append));
  ASSERT_TRUE(answer.get_future().get().ok());
}

TEST_F(AnnounceTest, TenantThatIsRefusedKeepsNoOtherWaiting) {
  Open(kSqlOnly);
  AppendOf("a", Demo("f", "2025-01-01"), *engine_);
  AppendOf("b", Demo("f", "2025-01-01"), *engine_);
  const auto announced = [&](const std::string& tenant_id) {
    return engine_->views()
        .Head(core::SignalLogOf(tenant_id))
        .value()
        .head_position;
  };
  RefusingWriter writer(engine_->writer(), core::SignalLogOf("a"));
  const auto announcer = AnnouncerOf(*engine_, writer);
  EXPECT_TRUE(absl::IsResourceExhausted(announcer->RunDue(1)));
  EXPECT_EQ(announced("a"), 0);
  EXPECT_EQ(announced("b"), 1);
  EXPECT_EQ(announcer->stats().events[v1::SIGNAL_CHANGE_RAISED], 1);
  ASSERT_TRUE(engine_->Announce().ok());
  EXPECT_EQ(announced("a"), 1);
  EXPECT_EQ(announced("b"), 1);
}

TEST_F(AnnounceTest, TenantsAreAnnouncedTogether) {
  Open(kSqlOnly);
  AppendOf("a", Demo("f", "2025-01-01"), *engine_);
  AppendOf("b", Demo("f", "2025-01-01"), *engine_);
  HoldingWriter writer(engine_->writer(), 2);
  EXPECT_TRUE(AnnouncerOf(*engine_, writer)->RunDue(1).ok());
}

TEST_F(AnnounceTest, ActionsOnSeveralSignalsAreTakenDownTogether) {
  Open(kSqlOnly);
  Append({Demo("f", "2025-01-01", "A"), Demo("g", "2025-01-01", "B")});
  AnnounceAt("2025-01-02");
  News();
  const auto events = engine_->SignalEvents();
  HoldingWriter writer(engine_->writer(), 2);
  const auto announcer = AnnouncerOf(*engine_, writer);
  signals::SignalAction unknown;
  unknown.tenant_id = Engine::kTenant;
  unknown.signal_id = std::string(32, '0');
  std::promise<void> done;
  // Called on the announcer's thread, which takes no other action meanwhile.
  unknown.done = [&](const auto&) {
    for (const v1::SignalChange change :
         {v1::SIGNAL_CHANGE_ACKNOWLEDGED, v1::SIGNAL_CHANGE_FINISHED}) {
      for (const v1::SignalEvent& event : events) {
        signals::SignalAction action;
        action.tenant_id = Engine::kTenant;
        action.signal_id = event.signal().signal_id();
        action.change = change;
        action.actor = "anna";
        const bool is_last =
            change == v1::SIGNAL_CHANGE_FINISHED && &event == &events.back();
        action.done = [&done, is_last](const auto& answer) {
          EXPECT_TRUE(answer.ok()) << answer.status();
          if (is_last) done.set_value();
        };
        announcer->Submit(std::move(action));
      }
    }
  };
  announcer->Submit(std::move(unknown));
  done.get_future().wait();
  announcer->Stop();
  // Those on the same signal stay in order.
  EXPECT_THAT(
      News(),
      ElementsAre("ACKNOWLEDGED became_sql@f 1", "ACKNOWLEDGED became_sql@g 1",
                  "FINISHED became_sql@f 1", "FINISHED became_sql@g 1"));
}

TEST_F(AnnounceTest, OneGoIsBoundedInEvents) {
  Open("\nsignals:\n  - {type: at_risk}\n");
  constexpr int kAccounts = core::kDueEventsMax / core::kOpenInvoicesMax + 1;
  for (int account = 0; account < kAccounts; ++account) {
    std::vector<v1::Touchpoint> invoices;
    for (int i = 0; i < core::kOpenInvoicesMax; ++i) {
      invoices.push_back(Invoice(absl::StrCat(account, "-", i), "2025-01-01",
                                 "year: 2025 month: 1 day: 9",
                                 absl::StrCat("A", account)));
    }
    Append(invoices);
  }
  engine_->clock().Set(At("2025-01-20"));
  const auto announced = [&] {
    return engine_->views()
        .Head(core::SignalLogOf(Engine::kTenant))
        .value()
        .head_position;
  };
  ASSERT_TRUE(engine_->Announce(1).ok());
  EXPECT_EQ(announced(), core::kDueEventsMax);
  ASSERT_TRUE(engine_->Announce().ok());
  EXPECT_EQ(announced(), kAccounts * core::kOpenInvoicesMax);
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
