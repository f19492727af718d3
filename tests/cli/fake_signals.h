// A signal service whose answers the test writes.
#ifndef TESTS_CLI_FAKE_SIGNALS_H_
#define TESTS_CLI_FAKE_SIGNALS_H_

#include <grpcpp/grpcpp.h>

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "journey/v1/signal_service.grpc.pb.h"

namespace journey::testing {

// A signal log whose watches the test writes, and signals to handle.
// Thread-safe.
class FakeSignals final : public v1::SignalService::Service {
 public:
  // What WatchSignals sends: one list of messages a call, then the call's own
  // end, without one `watch_end`.
  std::vector<std::vector<v1::WatchSignalsResponse>> watches;
  std::map<size_t, grpc::Status> watch_ends;
  grpc::Status watch_end =
      grpc::Status(grpc::StatusCode::UNAVAILABLE, "stopping");
  // The call with this number stays open after its messages.
  size_t stays_open = SIZE_MAX;
  std::function<v1::ListSignalsResponse(const v1::ListSignalsRequest&)> list;
  v1::ListTasksResponse tasks;
  std::set<std::string> unknown_ids;

  [[nodiscard]] std::vector<v1::WatchSignalsRequest> watch_requests();
  [[nodiscard]] std::vector<v1::ListSignalsRequest> list_requests();
  v1::ListTasksRequest tasks_request;
  // The ids that were handled, in order, and the last request of each kind.
  std::vector<std::string> handled_ids;
  v1::AcknowledgeRequest acknowledge_request;
  v1::SnoozeRequest snooze_request;
  v1::FinishRequest finish_request;
  v1::DismissRequest dismiss_request;

  // Ends what stays open.
  void Release();

  grpc::Status WatchSignals(
      grpc::ServerContext* context, const v1::WatchSignalsRequest* request,
      grpc::ServerWriter<v1::WatchSignalsResponse>* writer) override;
  grpc::Status ListSignals(grpc::ServerContext* context,
                           const v1::ListSignalsRequest* request,
                           v1::ListSignalsResponse* response) override;
  grpc::Status ListTasks(grpc::ServerContext* context,
                         const v1::ListTasksRequest* request,
                         v1::ListTasksResponse* response) override;
  grpc::Status Acknowledge(grpc::ServerContext* context,
                           const v1::AcknowledgeRequest* request,
                           v1::AcknowledgeResponse* response) override;
  grpc::Status Snooze(grpc::ServerContext* context,
                      const v1::SnoozeRequest* request,
                      v1::SnoozeResponse* response) override;
  grpc::Status Finish(grpc::ServerContext* context,
                      const v1::FinishRequest* request,
                      v1::FinishResponse* response) override;
  grpc::Status Dismiss(grpc::ServerContext* context,
                       const v1::DismissRequest* request,
                       v1::DismissResponse* response) override;

 private:
  template <typename Request>
  grpc::Status Handle(const Request& request, v1::SignalHandling handling,
                      v1::Signal& signal);

  std::mutex mutex_;
  std::condition_variable changed_;
  bool released_ = false;
  std::vector<v1::WatchSignalsRequest> watch_requests_;
  std::vector<v1::ListSignalsRequest> list_requests_;
};

}  // namespace journey::testing

#endif  // TESTS_CLI_FAKE_SIGNALS_H_
