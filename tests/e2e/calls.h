// Short calls for tests: requests and answers without contexts.
#ifndef TESTS_E2E_CALLS_H_
#define TESTS_E2E_CALLS_H_

#include <grpcpp/grpcpp.h>

#include <cstdint>
#include <string>
#include <vector>

#include "google/rpc/status.pb.h"
#include "tests/e2e/test_server.h"

namespace journey::testing {

inline constexpr char kTenant[] = "acme";

// An answer or an error.
template <typename Response>
struct Answer {
  grpc::Status status;
  Response response;
};

// A connected call of contact "ann" at account "globex", one second after
// another by `second`.
[[nodiscard]] v1::Touchpoint Call(const std::string& id, int second = 0);
// A step of a deal of account "globex".
[[nodiscard]] v1::Touchpoint DealStep(const std::string& id,
                                      const std::string& deal_id,
                                      v1::DealChange::Action action,
                                      int second = 0);

[[nodiscard]] v1::AppendRequest Batch(std::vector<v1::Touchpoint> touchpoints);

Answer<v1::AppendResponse> Append(Client& client,
                                  const v1::AppendRequest& request);
Answer<v1::RetractResponse> Retract(Client& client, const std::string& id);
// `replacement` takes the place of `id`.
Answer<v1::AmendResponse> Amend(Client& client, const std::string& id,
                                const v1::Touchpoint& replacement);
Answer<v1::GetJourneyResponse> GetAccount(Client& client,
                                          const std::string& id);
Answer<v1::ListDealsResponse> ListDeals(Client& client);

// All events that `request` finds.
Answer<std::vector<v1::Event>> Read(Client& client,
                                    const v1::ReadRequest& request);
[[nodiscard]] std::vector<int64_t> Positions(
    const std::vector<v1::Event>& events);
[[nodiscard]] int64_t EventCount(Client& client);

// What an error says. The reason is "" where there is not exactly one
// ErrorInfo.
[[nodiscard]] google::rpc::Status Details(const grpc::Status& status);
[[nodiscard]] std::string Reason(const google::rpc::Status& status);
[[nodiscard]] std::string Reason(const grpc::Status& status);
[[nodiscard]] std::vector<std::string> BadFields(
    const google::rpc::Status& status);
[[nodiscard]] std::vector<std::string> BadFields(const grpc::Status& status);
[[nodiscard]] bool HasRetryInfo(const grpc::Status& status);

}  // namespace journey::testing

#endif  // TESTS_E2E_CALLS_H_
