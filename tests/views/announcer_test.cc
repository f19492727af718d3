// How the announcer works: bounded, tenants together, one not for another.
#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/core/errors.h"
#include "service/core/limits.h"
#include "service/core/signal_log.h"
#include "service/signals/announcer.h"
#include "tests/views/announce_fixture.h"

namespace journey::testing {
namespace {

using ::testing::ElementsAre;

class AnnouncerTest : public AnnounceTest {};

TEST_F(AnnouncerTest, TooManyActionsAreRefusedAtOnce) {
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

TEST_F(AnnouncerTest, TenantThatIsRefusedKeepsNoOtherWaiting) {
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

TEST_F(AnnouncerTest, TenantsAreAnnouncedTogether) {
  Open(kSqlOnly);
  AppendOf("a", Demo("f", "2025-01-01"), *engine_);
  AppendOf("b", Demo("f", "2025-01-01"), *engine_);
  HoldingWriter writer(engine_->writer(), 2);
  EXPECT_TRUE(AnnouncerOf(*engine_, writer)->RunDue(1).ok());
}

TEST_F(AnnouncerTest, ActionsOnSeveralSignalsAreTakenDownTogether) {
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

TEST_F(AnnouncerTest, OneGoIsBoundedInEvents) {
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

}  // namespace
}  // namespace journey::testing
