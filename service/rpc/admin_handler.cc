#include "service/rpc/admin_handler.h"

#include <algorithm>
#include <utility>

#include "service/core/time.h"
#include "service/rpc/query_checks.h"
#include "service/rpc/unary_call.h"

namespace journey::rpc {

grpc::ServerUnaryReactor* AdminHandler::GetStatus(
    grpc::CallbackServerContext* /*context*/, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return RunUnary<v1::GetStatusRequest>(
      env_, Method::kGetStatus, request, response,
      [this](UnaryCall* call, const v1::GetStatusRequest& message) {
        const absl::Status status = Check(message);
        if (!status.ok()) return call->Refuse(status);
        call->Answer(Status(message));
      });
}

absl::StatusOr<v1::GetStatusResponse> AdminHandler::Status(
    const v1::GetStatusRequest& request) const {
  v1::GetStatusResponse status;
  status.set_version(env_.version);
  *status.mutable_started_at() = core::ToTimestamp(env_.started_at);
  *status.mutable_now() = core::ToTimestamp(env_.clock->Now());
  status.set_rule_set_id(env_.rule_set_id);
  status.set_rule_set_version(env_.rule_set_version);
  // The views first: they are never ahead of the log.
  const int64_t viewed = env_.views->event_count();
  status.set_view_group(env_.views->group());
  status.set_log_group(env_.log->head_group());
  status.set_event_count(std::max(viewed, env_.event_count()));
  status.set_view_lag_events(status.event_count() - viewed);
  status.set_tenant_count(env_.views->tenant_count());
  status.set_log_bytes(static_cast<int64_t>(env_.log->DiskBytes()));
  status.set_view_bytes(static_cast<int64_t>(env_.views->DiskBytes()));
  status.set_queue_depth(env_.writer->queue_depth());
  if (request.tenant_id().empty()) return status;
  auto tenant = env_.views->GetTenant(request.tenant_id());
  if (!tenant.ok()) return tenant.status();
  if (tenant->has_value()) *status.mutable_tenant() = **std::move(tenant);
  return status;
}

}  // namespace journey::rpc
