// What people do about signals goes to the announcer, and is answered by it.
#include <string>
#include <thread>

#include "google/protobuf/text_format.h"
#include "tests/rpc/rpc_fixture.h"

namespace journey::testing {
namespace {

using google::protobuf::TextFormat;

constexpr char kSignalId[] = "0123456789abcdef0123456789ABCDEF";
constexpr char kAction[] =
    "tenant_id: 'acme' signal_id: '0123456789abcdef0123456789ABCDEF' "
    "actor: 'anna' reason: 'called' ";

template <typename Message>
Message Parse(const std::string& text) {
  Message message;
  EXPECT_TRUE(TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

class SignalHandlerTest : public RpcTest {
 protected:
  using Stub = v1::SignalService::Stub;

  template <typename Request, typename Response>
  using Rpc = grpc::Status (Stub::*)(grpc::ClientContext*, const Request&,
                                     Response*);

  // Calls, and lets the announcer answer with `outcome`. Returns what it was
  // given.
  template <typename Request, typename Response>
  signals::SignalAction Call(Rpc<Request, Response> rpc, const Request& request,
                             const absl::StatusOr<v1::Signal>& outcome,
                             grpc::Status* status, Response* response) {
    signals::SignalAction action;
    std::thread announcer([&] {
      action = announcer_.Take();
      action.done(outcome);
    });
    grpc::ClientContext context;
    *status = (stub_.get()->*rpc)(&context, request, response);
    announcer.join();
    return action;
  }

  // Expects that the request becomes an action with `change`.
  template <typename Request, typename Response>
  signals::SignalAction ExpectAction(Rpc<Request, Response> rpc,
                                     const std::string& request,
                                     v1::SignalChange change) {
    grpc::Status status;
    Response response;
    v1::Signal signal;
    signal.set_handled_by("anna");
    signals::SignalAction action =
        Call(rpc, Parse<Request>(request), signal, &status, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    EXPECT_EQ(response.signal().handled_by(), "anna");
    EXPECT_EQ(action.change, change);
    EXPECT_EQ(action.tenant_id, "acme");
    EXPECT_EQ(action.signal_id, kSignalId);
    EXPECT_EQ(action.actor, "anna");
    EXPECT_EQ(action.reason, "called");
    return action;
  }

  std::unique_ptr<Stub> stub_ = v1::SignalService::NewStub(channel_);
};

TEST_F(SignalHandlerTest, EachRpcIsAnActionOfItsOwn) {
  ExpectAction(&Stub::Acknowledge, kAction, v1::SIGNAL_CHANGE_ACKNOWLEDGED);
  ExpectAction(&Stub::Finish, kAction, v1::SIGNAL_CHANGE_FINISHED);
  ExpectAction(&Stub::Dismiss, kAction, v1::SIGNAL_CHANGE_DISMISSED);
  const core::Micros until = clock_.Now() + core::kMicrosPerDay;
  v1::SnoozeRequest snooze = Parse<v1::SnoozeRequest>(kAction);
  *snooze.mutable_until() = core::ToTimestamp(until);
  const auto action = ExpectAction(&Stub::Snooze, snooze.DebugString(),
                                   v1::SIGNAL_CHANGE_SNOOZED);
  EXPECT_EQ(action.until, until);
  for (const auto method : {rpc::Method::kAcknowledge, rpc::Method::kSnooze,
                            rpc::Method::kFinish, rpc::Method::kDismiss}) {
    EXPECT_EQ(stats_.of(method).handled[0], 1);
  }
}

TEST_F(SignalHandlerTest, SignalThatIsNotKnownIsNotFound) {
  grpc::Status status;
  v1::FinishResponse response;
  Call(&Stub::Finish, Parse<v1::FinishRequest>(kAction),
       absl::StatusOr<v1::Signal>(
           core::MakeError(absl::StatusCode::kNotFound,
                           v1::ERROR_REASON_SIGNAL_NOT_FOUND, "not known")),
       &status, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(ReasonOf(status), "SIGNAL_NOT_FOUND");
}

TEST_F(SignalHandlerTest, BadRequestsDoNotReachTheAnnouncer) {
  grpc::ClientContext contexts[5];
  v1::AcknowledgeResponse acknowledged;
  v1::SnoozeResponse snoozed;
  v1::FinishResponse finished;
  v1::DismissResponse dismissed;
  // By the test's clock this has just come.
  v1::SnoozeRequest past = Parse<v1::SnoozeRequest>(kAction);
  *past.mutable_until() = core::ToTimestamp(clock_.Now());
  for (const grpc::Status& status :
       {stub_->Acknowledge(&contexts[0], {}, &acknowledged),
        stub_->Snooze(&contexts[1], {}, &snoozed),
        stub_->Snooze(&contexts[2], past, &snoozed),
        stub_->Finish(&contexts[3], {}, &finished),
        stub_->Dismiss(&contexts[4], {}, &dismissed)}) {
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
    EXPECT_EQ(ReasonOf(status), "VALIDATION_FAILED");
  }
  EXPECT_EQ(announcer_.action_count(), 0u);
}

TEST_F(SignalHandlerTest, ListsAreAnsweredByTheViews) {
  grpc::ClientContext contexts[2];
  v1::ListSignalsResponse signals;
  EXPECT_TRUE(stub_
                  ->ListSignals(&contexts[0],
                                Parse<v1::ListSignalsRequest>(
                                    "tenant_id: 'acme' deal_id: 'd'"),
                                &signals)
                  .ok());
  EXPECT_EQ(signals.signals(0).deal_id(), "d");
  v1::ListTasksResponse tasks;
  EXPECT_TRUE(stub_
                  ->ListTasks(&contexts[1],
                              Parse<v1::ListTasksRequest>(
                                  "tenant_id: 'acme' owner_id: 'ann'"),
                              &tasks)
                  .ok());
  EXPECT_EQ(tasks.items(0).planned().owner_id(), "ann");
}

TEST_F(SignalHandlerTest, BadListsAreRefused) {
  grpc::ClientContext contexts[2];
  v1::ListSignalsResponse signals;
  v1::ListTasksResponse tasks;
  EXPECT_EQ(ReasonOf(stub_->ListSignals(&contexts[0], {}, &signals)),
            "VALIDATION_FAILED");
  EXPECT_EQ(ReasonOf(stub_->ListTasks(&contexts[1], {}, &tasks)),
            "VALIDATION_FAILED");
}

}  // namespace
}  // namespace journey::testing
