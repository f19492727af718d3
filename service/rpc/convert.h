// Between the API's messages and what the log works with.
#ifndef SERVICE_RPC_CONVERT_H_
#define SERVICE_RPC_CONVERT_H_

#include "journey/v1/identity_service.pb.h"
#include "journey/v1/touchpoint_service.pb.h"
#include "service/log/event_log.h"
#include "service/log/writer.h"

namespace journey::rpc {

// A validated append, normalised; `done` is left to the caller.
[[nodiscard]] log::Append ToAppend(v1::AppendRequest request);
[[nodiscard]] log::Append ToAppend(const v1::RetractRequest& request);
[[nodiscard]] log::Append ToAppend(v1::AmendRequest request);
// A link or merge is a touchpoint, taken back by a retraction.
[[nodiscard]] log::Append ToAppend(const v1::LinkRequest& request);
[[nodiscard]] log::Append ToAppend(const v1::UnlinkRequest& request);
[[nodiscard]] log::Append ToAppend(const v1::MergeRequest& request);
[[nodiscard]] log::Append ToAppend(const v1::UnmergeRequest& request);

[[nodiscard]] v1::Event ToEvent(const log::LogEvent& event);

}  // namespace journey::rpc

#endif  // SERVICE_RPC_CONVERT_H_
