#include "tests/cli/fake_signals.h"

#include "tests/cli/fake_errors.h"

namespace journey::testing {

std::vector<v1::WatchSignalsRequest> FakeSignals::watch_requests() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return watch_requests_;
}

std::vector<v1::ListSignalsRequest> FakeSignals::list_requests() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return list_requests_;
}

void FakeSignals::Release() {
  const std::lock_guard<std::mutex> lock(mutex_);
  released_ = true;
  changed_.notify_all();
}

grpc::Status FakeSignals::WatchSignals(
    grpc::ServerContext* /*context*/, const v1::WatchSignalsRequest* request,
    grpc::ServerWriter<v1::WatchSignalsResponse>* writer) {
  std::unique_lock<std::mutex> lock(mutex_);
  const size_t call = watch_requests_.size();
  watch_requests_.push_back(*request);
  lock.unlock();
  if (call < watches.size()) {
    for (const auto& message : watches[call]) writer->Write(message);
  }
  lock.lock();
  changed_.wait(lock, [&] { return released_ || call != stays_open; });
  const auto own_end = watch_ends.find(call);
  return own_end == watch_ends.end() ? watch_end : own_end->second;
}

grpc::Status FakeSignals::ListSignals(grpc::ServerContext* /*context*/,
                                      const v1::ListSignalsRequest* request,
                                      v1::ListSignalsResponse* response) {
  const std::lock_guard<std::mutex> lock(mutex_);
  list_requests_.push_back(*request);
  if (list) *response = list(*request);
  return grpc::Status::OK;
}

grpc::Status FakeSignals::ListTasks(grpc::ServerContext* /*context*/,
                                    const v1::ListTasksRequest* request,
                                    v1::ListTasksResponse* response) {
  tasks_request = *request;
  *response = tasks;
  return grpc::Status::OK;
}

template <typename Request>
grpc::Status FakeSignals::Handle(const Request& request,
                                 v1::SignalHandling handling,
                                 v1::Signal& signal) {
  if (unknown_ids.count(request.signal_id()) > 0) {
    return ToGrpc(MakeError(grpc::StatusCode::NOT_FOUND,
                            v1::ERROR_REASON_SIGNAL_NOT_FOUND,
                            "no such signal"));
  }
  handled_ids.push_back(request.signal_id());
  signal.set_signal_id(request.signal_id());
  signal.set_in_force(true);
  signal.set_handling(handling);
  if (handling != v1::SIGNAL_HANDLING_OPEN) {
    signal.set_handled_by(request.actor());
  }
  return grpc::Status::OK;
}

grpc::Status FakeSignals::Acknowledge(grpc::ServerContext* /*context*/,
                                      const v1::AcknowledgeRequest* request,
                                      v1::AcknowledgeResponse* response) {
  acknowledge_request = *request;
  return Handle(*request, v1::SIGNAL_HANDLING_ACKNOWLEDGED,
                *response->mutable_signal());
}

grpc::Status FakeSignals::Snooze(grpc::ServerContext* /*context*/,
                                 const v1::SnoozeRequest* request,
                                 v1::SnoozeResponse* response) {
  snooze_request = *request;
  *response->mutable_signal()->mutable_snoozed_until() = request->until();
  return Handle(*request, v1::SIGNAL_HANDLING_OPEN,
                *response->mutable_signal());
}

grpc::Status FakeSignals::Finish(grpc::ServerContext* /*context*/,
                                 const v1::FinishRequest* request,
                                 v1::FinishResponse* response) {
  finish_request = *request;
  return Handle(*request, v1::SIGNAL_HANDLING_FINISHED,
                *response->mutable_signal());
}

grpc::Status FakeSignals::Dismiss(grpc::ServerContext* /*context*/,
                                  const v1::DismissRequest* request,
                                  v1::DismissResponse* response) {
  dismiss_request = *request;
  return Handle(*request, v1::SIGNAL_HANDLING_DISMISSED,
                *response->mutable_signal());
}

}  // namespace journey::testing
