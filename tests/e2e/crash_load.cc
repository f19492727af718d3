#include "tests/e2e/crash_load.h"

#include <gtest/gtest.h>

#include <random>
#include <utility>

#include "service/core/time.h"

namespace journey::testing {
namespace {

constexpr int kAccounts = 6;
constexpr int kContacts = 12;
constexpr int kVisitors = 4;
constexpr int kStepsPerDeal = 6;
constexpr int kRetractEvery = 17;
constexpr int kRetractBack = 10;
// Steps of a stream that wait for their answers.
constexpr int kWindow = 8;
constexpr char kRetracted[] = "retracted ";

void SetPayload(int choice, v1::Touchpoint& touchpoint) {
  switch (choice) {
    case 0:
      touchpoint.mutable_call()->set_outcome(v1::Call::OUTCOME_CONNECTED);
      touchpoint.set_direction(v1::DIRECTION_INBOUND);
      return;
    case 1:
      touchpoint.mutable_form_submission()->set_intent(
          v1::FormSubmission::INTENT_DEMO);
      return;
    case 2:
      touchpoint.mutable_meeting()->set_action(v1::Meeting::ACTION_HELD);
      return;
    default:
      touchpoint.mutable_site_visit()->set_pages(choice);
  }
}

void SetDeal(int choice, const std::string& deal_id,
             v1::Touchpoint& touchpoint) {
  touchpoint.set_deal_id(deal_id);
  v1::DealChange& deal = *touchpoint.mutable_deal();
  deal.set_action(choice == 0   ? v1::DealChange::ACTION_OPENED
                  : choice == 1 ? v1::DealChange::ACTION_WON
                  : choice == 2 ? v1::DealChange::ACTION_LOST
                                : v1::DealChange::ACTION_STAGE_CHANGED);
  if (choice > 2) deal.set_stage_id("stage-" + std::to_string(choice));
  deal.mutable_amount()->set_amount_minor(int64_t{100} * choice);
  deal.mutable_amount()->set_currency_code("EUR");
}

}  // namespace

std::string EventKey(const v1::Event& event) {
  return event.has_retraction()
             ? kRetracted + event.retraction().target().touchpoint_id()
             : event.touchpoint().touchpoint_id();
}

std::vector<v1::Subject> LoadSubjects() {
  std::vector<v1::Subject> subjects;
  const auto add = [&](v1::SubjectType type, const char* prefix, int count) {
    for (int i = 0; i < count; ++i) {
      v1::Subject subject;
      subject.set_type(type);
      subject.set_id(prefix + std::to_string(i));
      subjects.push_back(std::move(subject));
    }
  };
  add(v1::SUBJECT_TYPE_ACCOUNT, "account-", kAccounts);
  add(v1::SUBJECT_TYPE_CONTACT, "contact-", kContacts);
  add(v1::SUBJECT_TYPE_VISITOR, "visitor-", kVisitors);
  return subjects;
}

std::string LoadClient::IdOf(int step, int place) const {
  return name_ + "-" + std::to_string(step) + "-" + std::to_string(place);
}

LoadStep LoadClient::Step(int index) const {
  LoadStep step;
  if (batch_size_ < kWindow && index > kRetractBack &&
      index % kRetractEvery == 0) {
    step.retract.set_tenant_id(kTenant);
    step.retract.set_reason("a mistake");
    auto* target = step.retract.add_targets();
    target->set_source("load");
    target->set_touchpoint_id(IdOf(index - kRetractBack, 0));
    return step;
  }
  std::seed_seq seeds{seed_, static_cast<unsigned>(index),
                      static_cast<unsigned>(name_[0])};
  std::mt19937 random(seeds);
  const auto below = [&](int bound) {
    return static_cast<int>(random() % static_cast<unsigned>(bound));
  };
  step.append.set_tenant_id(kTenant);
  for (int place = 0; place < batch_size_; ++place) {
    v1::Touchpoint& touchpoint = *step.append.add_touchpoints();
    touchpoint.set_source("load");
    touchpoint.set_touchpoint_id(IdOf(index, place));
    *touchpoint.mutable_occurred_at() = core::ToTimestamp(
        ManualClock::kStart - (1 + below(5'000'000)) * core::kMicrosPerSecond);
    const int who = below(8);
    if (who < 5) {
      touchpoint.set_account_id("account-" + std::to_string(below(kAccounts)));
    }
    if (who > 2) {
      touchpoint.set_contact_id("contact-" + std::to_string(below(kContacts)));
    }
    if (who == 7) {
      touchpoint.set_anonymous_id("visitor-" +
                                  std::to_string(below(kVisitors)));
    }
    if (who < 2) {
      SetDeal(below(6), name_ + std::to_string(index / kStepsPerDeal),
              touchpoint);
    } else {
      SetPayload(below(6), touchpoint);
    }
  }
  return step;
}

void LoadClient::Acknowledge(
    const LoadStep& step,
    const google::protobuf::RepeatedPtrField<v1::AppendResult>& results) {
  const auto remember = [&](const std::string& key, int place) {
    const int64_t position = results[place].position();
    const auto [known, is_new] = acknowledged_.emplace(key, position);
    EXPECT_EQ(known->second, position) << key;
    EXPECT_TRUE(is_new) << key;
  };
  for (int i = 0; i < step.append.touchpoints_size(); ++i) {
    remember(step.append.touchpoints(i).touchpoint_id(), i);
  }
  for (int i = 0; i < step.retract.targets_size(); ++i) {
    remember(kRetracted + step.retract.targets(i).touchpoint_id(), i);
  }
  ++steps_done_;
}

void LoadClient::RunUnary(Client& client, int steps_max) {
  while (steps_done_ < steps_max) {
    const LoadStep step = Step(steps_done_);
    grpc::ClientContext context;
    grpc::Status status;
    v1::AppendResponse appended;
    v1::RetractResponse retracted;
    if (step.append.touchpoints().empty()) {
      status = client.touchpoints->Retract(&context, step.retract, &retracted);
      appended.mutable_results()->Swap(retracted.mutable_results());
    } else {
      status = client.touchpoints->Append(&context, step.append, &appended);
    }
    if (!status.ok()) {
      EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE)
          << status.error_message();
      return;
    }
    Acknowledge(step, appended.results());
  }
}

void LoadClient::RunStream(Client& client, int steps_max) {
  grpc::ClientContext context;
  auto stream = client.touchpoints->AppendStream(&context);
  int sent = steps_done_;
  bool open = true;
  while (open && steps_done_ < steps_max) {
    while (open && sent < steps_max && sent - steps_done_ < kWindow) {
      v1::AppendStreamRequest request;
      *request.mutable_batch() = Step(sent++).append;
      open = stream->Write(request);
    }
    v1::AppendStreamResponse response;
    open = stream->Read(&response);
    if (!open) break;
    EXPECT_TRUE(response.has_appended()) << response.refused().message();
    Acknowledge(Step(steps_done_), response.appended().results());
  }
  if (open) stream->WritesDone();
  (void)stream->Finish();
}

}  // namespace journey::testing
