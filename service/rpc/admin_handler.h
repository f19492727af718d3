// AdminService: the state of the server itself.
#ifndef SERVICE_RPC_ADMIN_HANDLER_H_
#define SERVICE_RPC_ADMIN_HANDLER_H_

#include <grpcpp/grpcpp.h>

#include "absl/status/statusor.h"
#include "journey/v1/admin_service.grpc.pb.h"
#include "service/rpc/environment.h"

namespace journey::rpc {

class AdminHandler final
    : public v1::AdminService::WithRawCallbackMethod_GetStatus<
          v1::AdminService::Service> {
 public:
  // `env` outlives this.
  explicit AdminHandler(const Environment& env) : env_(env) {}

  grpc::ServerUnaryReactor* GetStatus(grpc::CallbackServerContext* context,
                                      const grpc::ByteBuffer* request,
                                      grpc::ByteBuffer* response) override;

 private:
  // Asks the disk for the sizes of files, which is quick.
  absl::StatusOr<v1::GetStatusResponse> Status(
      const v1::GetStatusRequest& request) const;

  const Environment& env_;
};

}  // namespace journey::rpc

#endif  // SERVICE_RPC_ADMIN_HANDLER_H_
