// Signals as CloudEvents 1.0 in the structured JSON mode: one document with
// the attributes and the data. docs/DELIVERY.md describes them.
#ifndef CLI_DELIVERY_CLOUD_EVENT_H_
#define CLI_DELIVERY_CLOUD_EVENT_H_

#include <string>

#include "journey/v1/signal.pb.h"

namespace journey::cli {

inline constexpr char kCloudEventContentType[] =
    "application/cloudevents+json; charset=utf-8";

// `tenant` is a valid one, so that it may stand in a URI as it is. The `id` is
// the same each time the event is sent: tenant and position.
[[nodiscard]] std::string CloudEventJson(const std::string& tenant,
                                         const v1::SignalEvent& event);

}  // namespace journey::cli

#endif  // CLI_DELIVERY_CLOUD_EVENT_H_
