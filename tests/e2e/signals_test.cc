// Signals from the touchpoint to the person who deals with them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "google/protobuf/util/message_differencer.h"
#include "service/core/time.h"
#include "tests/e2e/calls.h"

namespace journey::testing {
namespace {

using google::protobuf::util::MessageDifferencer;
using ::testing::ElementsAre;

constexpr core::Micros kDay = core::kMicrosPerDay;
// When the touchpoints of calls.h occur.
constexpr core::Micros kHappened = ManualClock::kStart - kDay;

// One open call of WatchSignals, for signals of one type.
class Watch {
 public:
  Watch(Client& client, v1::SignalType type, int64_t after_position = 0) {
    v1::WatchSignalsRequest request;
    request.set_tenant_id(kTenant);
    request.set_after_position(after_position);
    request.mutable_filter()->add_types(type);
    stream_ = client.signals->WatchSignals(&context_, request);
  }
  ~Watch() { context_.TryCancel(); }

  // Waits for the next event.
  v1::SignalEvent Next() {
    v1::WatchSignalsResponse message;
    while (events_.empty()) {
      if (!stream_->Read(&message)) {
        ADD_FAILURE() << stream_->Finish().error_message();
        return {};
      }
      for (v1::SignalEvent& event :
           *message.mutable_events()->mutable_events()) {
        events_.push_back(std::move(event));
      }
    }
    v1::SignalEvent event = std::move(events_.front());
    events_.pop_front();
    return event;
  }

 private:
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<v1::WatchSignalsResponse>> stream_;
  std::deque<v1::SignalEvent> events_;
};

using Stub = v1::SignalService::Stub;

// Somebody does something about a signal.
template <typename Request, typename Response>
Answer<Response> Act(Client& client,
                     grpc::Status (Stub::*rpc)(grpc::ClientContext*,
                                               const Request&, Response*),
                     const std::string& signal_id, Request request = {}) {
  request.set_tenant_id(kTenant);
  request.set_signal_id(signal_id);
  request.set_actor("anna");
  request.set_reason("spoke with them");
  Answer<Response> answer;
  grpc::ClientContext context;
  answer.status =
      (client.signals.get()->*rpc)(&context, request, &answer.response);
  return answer;
}

v1::ListSignalsResponse ListSignals(Client& client,
                                    v1::ListSignalsRequest request = {}) {
  request.set_tenant_id(kTenant);
  v1::ListSignalsResponse response;
  grpc::ClientContext context;
  const grpc::Status status =
      client.signals->ListSignals(&context, request, &response);
  EXPECT_TRUE(status.ok()) << status.error_message();
  return response;
}

std::vector<v1::ActionItem> TasksOf(Client& client, v1::SignalType type) {
  v1::ListTasksRequest request;
  request.set_tenant_id(kTenant);
  request.add_types(type);
  v1::ListTasksResponse response;
  grpc::ClientContext context;
  const grpc::Status status =
      client.signals->ListTasks(&context, request, &response);
  EXPECT_TRUE(status.ok()) << status.error_message();
  return {response.items().begin(), response.items().end()};
}

// How many deals have stalled.
int StalledDeals(Client& client) {
  v1::ListStalledDealsRequest request;
  request.set_tenant_id(kTenant);
  v1::ListStalledDealsResponse response;
  grpc::ClientContext context;
  const grpc::Status status =
      client.deals->ListStalledDeals(&context, request, &response);
  EXPECT_TRUE(status.ok()) << status.error_message();
  return response.stalled_deals_size();
}

// A form by which account "globex" asks for a demonstration.
v1::Touchpoint Demo(const std::string& id) {
  v1::Touchpoint touchpoint = Call(id);
  touchpoint.mutable_form_submission()->set_intent(
      v1::FormSubmission::INTENT_DEMO);
  return touchpoint;
}

class SignalsTest : public ::testing::Test {
 protected:
  [[nodiscard]] Client& client() { return server_.client(); }

  void Append(const v1::Touchpoint& touchpoint) {
    const auto answer = testing::Append(client(), Batch({touchpoint}));
    ASSERT_TRUE(answer.status.ok()) << answer.status.error_message();
  }

  // Lets a deal go silent, and waits for the signal.
  v1::SignalEvent StallADeal() {
    Append(DealStep("opened", "d1", v1::DealChange::ACTION_OPENED));
    Watch watch(client(), v1::SIGNAL_TYPE_STALL);
    server_.clock().Set(kHappened + 8 * kDay);
    return watch.Next();
  }

  TestServer server_;
};

TEST_F(SignalsTest, FormMakesAnSqlWhomSomebodyIsToCall) {
  Watch watch(client(), v1::SIGNAL_TYPE_BECAME_SQL);
  Append(Demo("form"));
  const v1::SignalEvent event = watch.Next();
  EXPECT_GT(event.position(), 0);
  EXPECT_EQ(event.change(), v1::SIGNAL_CHANGE_RAISED);
  const v1::Signal& signal = event.signal();
  EXPECT_EQ(signal.signal_id().size(), 32u);
  EXPECT_EQ(signal.journey().id(), "globex");
  EXPECT_EQ(signal.anchor().touchpoint_id(), "form");
  EXPECT_EQ(core::ToMicros(signal.since()), kHappened);
  EXPECT_EQ(signal.revision(), 1);
  EXPECT_TRUE(signal.in_force());
  EXPECT_FALSE(signal.historical());
  EXPECT_EQ(signal.handling(), v1::SIGNAL_HANDLING_OPEN);
  const auto tasks = TasksOf(client(), v1::SIGNAL_TYPE_BECAME_SQL);
  ASSERT_EQ(tasks.size(), 1u);
  EXPECT_EQ(tasks[0].signal().signal_id(), signal.signal_id());
  EXPECT_EQ(tasks[0].signal().action(), "Call the customer");
  EXPECT_TRUE(tasks[0].overdue());
}

TEST_F(SignalsTest, SilentDealRaisesAStallAfterSevenDays) {
  const v1::SignalEvent event = StallADeal();
  EXPECT_EQ(event.change(), v1::SIGNAL_CHANGE_RAISED);
  EXPECT_EQ(event.signal().stall_reason(), v1::STALL_REASON_INACTIVE);
  EXPECT_EQ(event.signal().deal_id(), "d1");
  EXPECT_EQ(core::ToMicros(event.signal().since()), kHappened + 7 * kDay);
  v1::ListSignalsRequest request;
  request.set_deal_id("d1");
  request.mutable_filter()->add_types(v1::SIGNAL_TYPE_STALL);
  const auto list = ListSignals(client(), request);
  ASSERT_EQ(list.signals_size(), 1);
  EXPECT_EQ(list.signals(0).signal_id(), event.signal().signal_id());
  EXPECT_GE(list.signal_position(), event.position());
}

TEST_F(SignalsTest, ReplyWithdrawsTheStall) {
  const v1::SignalEvent raised = StallADeal();
  Watch watch(client(), v1::SIGNAL_TYPE_STALL, raised.position());
  v1::Touchpoint reply = Call("reply", 8 * 24 * 3600);
  reply.set_deal_id("d1");
  reply.mutable_email()->set_action(v1::Email::ACTION_REPLIED);
  Append(reply);
  const v1::SignalEvent withdrawn = watch.Next();
  EXPECT_EQ(withdrawn.change(), v1::SIGNAL_CHANGE_WITHDRAWN);
  EXPECT_EQ(withdrawn.signal().signal_id(), raised.signal().signal_id());
  EXPECT_FALSE(withdrawn.signal().in_force());
  EXPECT_EQ(withdrawn.signal().revision(), 2);
}

TEST_F(SignalsTest, HandlingIsToldAndLeavesTheStallAlone) {
  const v1::SignalEvent raised = StallADeal();
  const std::string& id = raised.signal().signal_id();
  Watch watch(client(), v1::SIGNAL_TYPE_STALL, raised.position());

  const auto taken = Act(client(), &Stub::Acknowledge, id);
  ASSERT_TRUE(taken.status.ok()) << taken.status.error_message();
  EXPECT_EQ(taken.response.signal().handling(),
            v1::SIGNAL_HANDLING_ACKNOWLEDGED);
  EXPECT_EQ(taken.response.signal().handled_by(), "anna");
  EXPECT_EQ(taken.response.signal().handling_reason(), "spoke with them");
  const v1::SignalEvent acknowledged = watch.Next();
  EXPECT_EQ(acknowledged.change(), v1::SIGNAL_CHANGE_ACKNOWLEDGED);
  EXPECT_TRUE(MessageDifferencer::Equals(acknowledged.signal(),
                                         taken.response.signal()));
  // Repeated: nothing happens, so that the next event is that of the snooze.
  EXPECT_TRUE(Act(client(), &Stub::Acknowledge, id).status.ok());

  v1::SnoozeRequest snooze;
  *snooze.mutable_until() =
      core::ToTimestamp(server_.clock().Now() + kDay / 24);
  ASSERT_TRUE(Act(client(), &Stub::Snooze, id, snooze).status.ok());
  EXPECT_EQ(watch.Next().change(), v1::SIGNAL_CHANGE_SNOOZED);
  server_.clock().Advance(kDay / 12);
  const v1::SignalEvent ended = watch.Next();
  EXPECT_EQ(ended.change(), v1::SIGNAL_CHANGE_SNOOZE_ENDED);
  EXPECT_EQ(ended.signal().handling(), v1::SIGNAL_HANDLING_ACKNOWLEDGED);
  EXPECT_FALSE(ended.signal().has_snoozed_until());

  EXPECT_EQ(TasksOf(client(), v1::SIGNAL_TYPE_STALL).size(), 1u);
  ASSERT_TRUE(Act(client(), &Stub::Finish, id).status.ok());
  EXPECT_EQ(watch.Next().change(), v1::SIGNAL_CHANGE_FINISHED);
  EXPECT_EQ(TasksOf(client(), v1::SIGNAL_TYPE_STALL).size(), 0u);
  ASSERT_TRUE(Act(client(), &Stub::Dismiss, id).status.ok());
  EXPECT_EQ(watch.Next().change(), v1::SIGNAL_CHANGE_DISMISSED);

  EXPECT_EQ(StalledDeals(client()), 1);
  v1::ListSignalsRequest dismissed;
  dismissed.set_handling(v1::SIGNAL_HANDLING_DISMISSED);
  EXPECT_EQ(ListSignals(client(), dismissed).signals_size(), 1);
}

TEST_F(SignalsTest, BadActionsAreRefused) {
  const std::string unknown(32, '0');
  EXPECT_EQ(Reason(Act(client(), &Stub::Finish, unknown).status),
            "SIGNAL_NOT_FOUND");
  v1::SnoozeRequest past;
  *past.mutable_until() = core::ToTimestamp(server_.clock().Now());
  EXPECT_THAT(BadFields(Act(client(), &Stub::Snooze, "x", past).status),
              ElementsAre("signal_id", "until"));
  EXPECT_EQ(ListSignals(client()).signal_position(), 0);
}

TEST_F(SignalsTest, WatchIsResumedByPositionAcrossARestart) {
  const v1::SignalEvent raised = StallADeal();
  const std::string& id = raised.signal().signal_id();
  ASSERT_TRUE(Act(client(), &Stub::Acknowledge, id).status.ok());
  server_.Restart();
  ASSERT_TRUE(Act(client(), &Stub::Finish, id).status.ok());
  Watch watch(client(), v1::SIGNAL_TYPE_STALL, raised.position());
  const v1::SignalEvent acknowledged = watch.Next();
  EXPECT_EQ(acknowledged.change(), v1::SIGNAL_CHANGE_ACKNOWLEDGED);
  EXPECT_GT(acknowledged.position(), raised.position());
  // The restart announced nothing again.
  const v1::SignalEvent finished = watch.Next();
  EXPECT_EQ(finished.change(), v1::SIGNAL_CHANGE_FINISHED);
  EXPECT_EQ(finished.position(), acknowledged.position() + 1);
}

TEST_F(SignalsTest, RestartKeepsEverything) {
  Append(Demo("form"));
  const v1::SignalEvent raised = StallADeal();
  ASSERT_TRUE(
      Act(client(), &Stub::Dismiss, raised.signal().signal_id()).status.ok());
  v1::ListSignalsRequest all;
  all.set_include_withdrawn(true);
  all.set_include_historical(true);
  v1::ListSignalsRequest dismissed = all;
  dismissed.set_handling(v1::SIGNAL_HANDLING_DISMISSED);
  const auto all_before = ListSignals(client(), all);
  const auto dismissed_before = ListSignals(client(), dismissed);
  EXPECT_GT(all_before.signals_size(), 0);
  EXPECT_EQ(dismissed_before.signals_size(), 1);
  server_.Restart();
  EXPECT_TRUE(
      MessageDifferencer::Equals(ListSignals(client(), all), all_before));
  EXPECT_TRUE(MessageDifferencer::Equals(ListSignals(client(), dismissed),
                                         dismissed_before));
}

}  // namespace
}  // namespace journey::testing
