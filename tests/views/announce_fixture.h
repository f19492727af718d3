// A service whose clock is set, what it announces, and touchpoints to announce.
#ifndef TESTS_VIEWS_ANNOUNCE_FIXTURE_H_
#define TESTS_VIEWS_ANNOUNCE_FIXTURE_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "gtest/gtest.h"
#include "tests/support/engine.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/history.h"
#include "tests/support/temp_dir.h"

namespace journey::testing {

// Only the signals that a test is about.
inline constexpr char kStallsOnly[] =
    "\nsignals:\n  - {type: stall, action: Call}\n";
inline constexpr char kSqlOnly[] = "\nsignals:\n  - {type: became_sql}\n";

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
    const core::Micros now = engine_ == nullptr ? now_ : engine_->clock().Now();
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
  core::Micros now_ = At("2025-01-01");
  // Null where it could not be opened.
  std::unique_ptr<Engine> engine_;
  size_t read_ = 0;
};

inline v1::Touchpoint OpenDeal(const std::string& account = "A") {
  return Tp("o", "2025-01-01",
            absl::StrCat("account_id: '", account,
                         "' deal_id: 'D' owner_id: 'anna' deal { action: "
                         "ACTION_OPENED name: 'Big one' amount { amount_minor: "
                         "100 currency_code: 'EUR' } }"));
}

inline v1::Touchpoint Reply(const std::string& id, absl::string_view at) {
  return Tp(id, at,
            "account_id: 'A' deal_id: 'D' email { action: ACTION_REPLIED }");
}

inline v1::Touchpoint Demo(const std::string& id, absl::string_view at,
                           const std::string& account = "A") {
  return Tp(id, at,
            absl::StrCat("account_id: '", account,
                         "' form_submission { intent: INTENT_DEMO }"));
}

// Tells nothing of the customer.
inline v1::Touchpoint Note(const std::string& id, absl::string_view at) {
  return Tp(id, at,
            "account_id: 'A' deal_id: 'D' deal { action: ACTION_UPDATED }");
}

inline v1::Touchpoint Invoice(const std::string& id, absl::string_view issued,
                              const std::string& due_date,
                              const std::string& account = "A") {
  return Tp(id, issued,
            absl::StrCat("account_id: '", account,
                         "' invoice { action: ACTION_ISSUED invoice_id: '", id,
                         "' due_date { ", due_date, " } }"));
}

}  // namespace journey::testing

#endif  // TESTS_VIEWS_ANNOUNCE_FIXTURE_H_
