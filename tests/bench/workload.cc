#include "tests/bench/workload.h"

#include <utility>

#include "journey/v1/journey_service.pb.h"

namespace journey::bench {
namespace {

// Spreads neighbours over the accounts.
constexpr int64_t kStride = 7919;
constexpr int kKinds = 8;

std::string AccountOf(int64_t n) {
  return "account-" + std::to_string(n * kStride % kAccounts);
}

void SetPayload(int64_t n, v1::Touchpoint& touchpoint) {
  switch (n % kKinds) {
    case 0:
      touchpoint.mutable_call()->set_outcome(v1::Call::OUTCOME_CONNECTED);
      return;
    case 1:
      touchpoint.mutable_email()->set_action(v1::Email::ACTION_SENT);
      return;
    case 2:
      touchpoint.set_deal_id("deal-" + AccountOf(n));
      touchpoint.mutable_deal()->set_action(v1::DealChange::ACTION_UPDATED);
      touchpoint.mutable_deal()->mutable_amount()->set_amount_minor(n);
      touchpoint.mutable_deal()->mutable_amount()->set_currency_code("EUR");
      return;
    default:
      touchpoint.mutable_site_visit()->set_url(
          "https://www.example.com/products/overview?item=" +
          std::to_string(n));
      touchpoint.mutable_site_visit()->set_referrer(
          "https://search.example.org/");
  }
}

}  // namespace

v1::Touchpoint MakeTouchpoint(const Run& run, int64_t n) {
  v1::Touchpoint touchpoint;
  touchpoint.set_source("benchmark");
  touchpoint.set_touchpoint_id(std::string(run.id) + "-" + std::to_string(n));
  touchpoint.mutable_occurred_at()->set_seconds(run.first_second + n);
  touchpoint.set_account_id(AccountOf(n));
  touchpoint.set_contact_id("contact-of-" + AccountOf(n));
  touchpoint.set_channel("web");
  touchpoint.set_owner_id("employee-17");
  touchpoint.mutable_campaign()->set_source("newsletter");
  touchpoint.mutable_campaign()->set_medium("email");
  touchpoint.mutable_campaign()->set_name("spring-campaign-2026");
  SetPayload(n, touchpoint);
  return touchpoint;
}

std::string AppendBytes(const Run& run, int64_t n) {
  v1::AppendRequest request;
  request.set_tenant_id(kTenant);
  *request.add_touchpoints() = MakeTouchpoint(run, n);
  return request.SerializeAsString();
}

std::string GetJourneyBytes(int64_t n) {
  v1::GetJourneyRequest request;
  request.set_tenant_id(kTenant);
  request.mutable_subject()->set_type(v1::SUBJECT_TYPE_ACCOUNT);
  request.mutable_subject()->set_id(AccountOf(n));
  return request.SerializeAsString();
}

}  // namespace journey::bench
