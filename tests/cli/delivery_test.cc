#include "cli/delivery/delivery.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <future>
#include <map>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cli/exit_codes.h"
#include "cli/failure.h"
#include "tests/cli/cli_run.h"
#include "tests/cli/receiver.h"
#include "tests/support/temp_dir.h"

namespace journey::testing {
namespace {

using cli::Delivery;
using cli::DeliveryOptions;
using cli::DeliveryProgress;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

// Bodies are SIGNAL/POSITION.
cli::OutboundEvent Event(int64_t position, const std::string& signal) {
  return {position, signal, absl::StrCat(signal, "/", position)};
}

class DeliveryTest : public ::testing::Test {
 protected:
  DeliveryTest() {
    options_.url = receiver_.url();
    options_.retry.delay_first = absl::Milliseconds(1);
    options_.retry.delay_max = absl::Milliseconds(5);
    options_.now_micros = [] { return kNowMicros; };
    options_.report = [this](const std::string& line) { reports_ += line; };
    options_.on_progress = [](int64_t /*delivered*/) {};
    options_.on_failure = [this] { ++failures_; };
  }

  // Opens both files and goes on from there.
  Delivery& Start() {
    delivery_.reset();
    checkpoint_.reset();
    checkpoint_ = std::make_unique<cli::CheckpointFile>(
        cli::CheckpointFile::Open(checkpoint_path_, "acme").value());
    letters_ = std::make_unique<cli::DeadLetterFile>(
        cli::DeadLetterFile::Open(letters_path_).value());
    delivery_ = std::make_unique<Delivery>(
        options_, checkpoint_->loaded().value_or(DeliveryProgress()),
        *checkpoint_, *letters_);
    return *delivery_;
  }

  TempDir directory_;
  std::string checkpoint_path_ = directory_.Join("position");
  std::string letters_path_ = directory_.Join("letters");
  Receiver receiver_;
  DeliveryOptions options_;
  std::string reports_;
  std::atomic<int> failures_{0};
  std::unique_ptr<cli::CheckpointFile> checkpoint_;
  std::unique_ptr<cli::DeadLetterFile> letters_;
  std::unique_ptr<Delivery> delivery_;
};

TEST_F(DeliveryTest, EverySignalKeepsItsOrderAndFailuresHoldUpNobodyElse) {
  // "bad" fails until everything else has been delivered.
  receiver_.judge = [this](const ReceivedRequest& request) {
    const bool bad = absl::StartsWith(request.body, "bad/");
    return ReceiverAnswer{
        bad && receiver_.accepted().size() < 90 ? 503 : 200, "", {}};
  };
  Delivery& delivery = Start();
  for (int64_t position = 1; position <= 100; ++position) {
    const int64_t signal = position % 10;
    ASSERT_TRUE(delivery.Add(
        Event(position, signal == 0 ? "bad" : absl::StrCat("good", signal))));
  }
  ASSERT_TRUE(delivery.Drain());
  ASSERT_TRUE(delivery.Finish().ok());
  std::map<std::string, std::vector<int64_t>> positions;
  for (const std::string& body : receiver_.accepted()) {
    const std::vector<std::string> parts = absl::StrSplit(body, '/');
    positions[parts[0]].push_back(std::stoll(parts[1]));
  }
  EXPECT_THAT(positions, SizeIs(10));
  for (const auto& [signal, order] : positions) {
    EXPECT_THAT(order, SizeIs(10)) << signal;
    EXPECT_TRUE(std::is_sorted(order.begin(), order.end())) << signal;
  }
  EXPECT_EQ(delivery.totals().delivered, 100);
  EXPECT_EQ(ReadFile(checkpoint_path_), "acme signals 100\n");
  EXPECT_THAT(reports_, HasSubstr("not delivered, trying again: HTTP 503"));
}

TEST_F(DeliveryTest, AnEventThatIsRefusedIsADeadLetterAtOnce) {
  receiver_.judge = [](const ReceivedRequest& request) {
    return ReceiverAnswer{request.body == "a/1" ? 400 : 200, "no", {}};
  };
  Delivery& delivery = Start();
  ASSERT_TRUE(delivery.Add(Event(1, "a")));
  ASSERT_TRUE(delivery.Add(Event(2, "a")));
  ASSERT_TRUE(delivery.Drain());
  ASSERT_TRUE(delivery.Finish().ok());
  EXPECT_THAT(receiver_.accepted(), ElementsAre("a/2"));
  EXPECT_THAT(receiver_.requests(), SizeIs(2));
  EXPECT_EQ(ReadFile(letters_path_),
            "{\"given_up_at\":\"2025-03-01T00:00:00Z\",\"attempts\":1,"
            "\"answer\":\"HTTP 400: no\",\"event\":a/1}\n");
  EXPECT_EQ(ReadFile(checkpoint_path_), "acme signals 2\n");
  EXPECT_EQ(reports_,
            "dead letter: position 1, signal a, attempts 1: HTTP 400: no\n");
}

TEST_F(DeliveryTest, AfterItsTimeAFailingEventIsADeadLetter) {
  receiver_.judge = [](const ReceivedRequest& request) {
    return ReceiverAnswer{request.body == "a/1" ? 500 : 200, "", {}};
  };
  options_.retry.retry_for = absl::Milliseconds(20);
  Delivery& delivery = Start();
  ASSERT_TRUE(delivery.Add(Event(1, "a")));
  ASSERT_TRUE(delivery.Add(Event(2, "a")));
  ASSERT_TRUE(delivery.Drain());
  ASSERT_TRUE(delivery.Finish().ok());
  EXPECT_THAT(receiver_.accepted(), ElementsAre("a/2"));
  EXPECT_GT(receiver_.requests().size(), 2u);
  EXPECT_EQ(delivery.totals().dead_letters, 1);
  EXPECT_THAT(ReadFile(letters_path_), HasSubstr("HTTP 500"));
}

TEST_F(DeliveryTest, NobodyThereIsTriedAgainAndThenADeadLetter) {
  options_.url = kUrlWithoutListener;
  options_.retry.retry_for = absl::Milliseconds(20);
  Delivery& delivery = Start();
  ASSERT_TRUE(delivery.Add(Event(1, "a")));
  ASSERT_TRUE(delivery.Drain());
  EXPECT_EQ(delivery.totals().dead_letters, 1);
  EXPECT_THAT(ReadFile(letters_path_), Not(HasSubstr("\"attempts\":1,")));
}

TEST_F(DeliveryTest, ARestartSendsOnlyWhatWasNotDone) {
  std::atomic<bool> up{false};
  receiver_.judge = [&up](const ReceivedRequest& request) {
    return ReceiverAnswer{request.body == "a/2" && !up ? 503 : 200, "", {}};
  };
  Delivery* delivery = &Start();
  for (const auto& event :
       {Event(1, "b"), Event(2, "a"), Event(3, "b"), Event(5, "c")}) {
    ASSERT_TRUE(delivery->Add(event));
  }
  delivery->Skip(6);
  receiver_.WaitForAccepted(3);
  ASSERT_TRUE(delivery->Finish().ok());
  EXPECT_EQ(delivery->totals().open, 1);
  EXPECT_EQ(ReadFile(checkpoint_path_), "acme signals 6\n2\n");
  up = true;
  delivery = &Start();
  // The log is read again from the event that is open.
  EXPECT_EQ(checkpoint_->loaded()->resume_after(), 1);
  for (const auto& event : {Event(2, "a"), Event(3, "b"), Event(5, "c")}) {
    ASSERT_TRUE(delivery->Add(event));
  }
  ASSERT_TRUE(delivery->Drain());
  ASSERT_TRUE(delivery->Finish().ok());
  EXPECT_THAT(receiver_.accepted(), SizeIs(4));
  EXPECT_EQ(receiver_.accepted().back(), "a/2");
  EXPECT_EQ(ReadFile(checkpoint_path_), "acme signals 6\n");
}

// As a crash would find it: nobody has finished the delivery.
TEST_F(DeliveryTest, WhatWasDeliveredIsWrittenDownWithoutAnOrderlyEnd) {
  Delivery& delivery = Start();
  ASSERT_TRUE(delivery.Add(Event(1, "a")));
  while (!std::filesystem::exists(checkpoint_path_) ||
         ReadFile(checkpoint_path_) != "acme signals 1\n") {
    std::this_thread::yield();
  }
}

TEST_F(DeliveryTest, TakesNoMoreThanItsBoundsAndStopsAllTheSame) {
  std::promise<void> over;
  receiver_.judge =
      [done = over.get_future().share()](const ReceivedRequest& /*request*/) {
        done.wait();
        return ReceiverAnswer();
      };
  options_.bounds.events_max = 2;
  Delivery& delivery = Start();
  ASSERT_TRUE(delivery.Add(Event(1, "a")));
  ASSERT_TRUE(delivery.Add(Event(2, "b")));
  // There is no room before something is done, which is not before the end.
  auto third = std::async(std::launch::async,
                          [&] { return delivery.Add(Event(3, "c")); });
  delivery.Stop();
  EXPECT_FALSE(third.get());
  EXPECT_FALSE(delivery.Drain());
  over.set_value();
  ASSERT_TRUE(delivery.Finish().ok());
}

TEST_F(DeliveryTest, SignsEachBody) {
  options_.secret = "0123456789abcdef";
  Delivery& delivery = Start();
  ASSERT_TRUE(delivery.Add({1, "a", "{\"a\":1}"}));
  ASSERT_TRUE(delivery.Drain());
  const auto requests = receiver_.requests();
  ASSERT_THAT(requests, SizeIs(1));
  EXPECT_EQ(requests[0].content_type,
            "application/cloudevents+json; charset=utf-8");
  EXPECT_EQ(requests[0].timestamp, "1740787200");
  EXPECT_EQ(requests[0].signature,
            "sha256="
            "34deccfe1c908a0705642b7a4e84286512729c9388f2c25ae572a8b58e3ca7c0");
}

TEST_F(DeliveryTest, ACheckpointThatCannotBeWrittenEndsIt) {
  Delivery& delivery = Start();
  std::filesystem::create_directory(checkpoint_path_);
  ASSERT_TRUE(delivery.Add(Event(1, "a")));
  const absl::Status status = [&] {
    while (failures_ == 0) (void)delivery.Add(Event(2, "a"));
    return delivery.Finish();
  }();
  EXPECT_EQ(cli::ExitCodeOf(status), cli::kExitFailed);
  EXPECT_THAT(std::string(status.message()), HasSubstr("cannot be written"));
}

TEST_F(DeliveryTest, WithoutTheDeadLetterTheEventStaysOpen) {
  receiver_.judge = [](const ReceivedRequest& /*request*/) {
    return ReceiverAnswer{400, "", {}};
  };
  letters_path_ = "/dev/full";
  Delivery& delivery = Start();
  ASSERT_TRUE(delivery.Add(Event(1, "a")));
  EXPECT_FALSE(delivery.Drain());
  EXPECT_EQ(cli::ExitCodeOf(delivery.Finish()), cli::kExitFailed);
  EXPECT_EQ(failures_, 1);
  EXPECT_EQ(delivery.totals().open, 1);
}

}  // namespace
}  // namespace journey::testing
