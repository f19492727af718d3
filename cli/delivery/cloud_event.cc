#include "cli/delivery/cloud_event.h"

#include "absl/strings/str_cat.h"
#include "cli/enum_names.h"
#include "cli/instants.h"
#include "cli/json.h"
#include "google/protobuf/struct.pb.h"

namespace journey::cli {
namespace {

std::string Quoted(const std::string& text) {
  google::protobuf::Value value;
  value.set_string_value(text);
  return ToJsonLine(value);
}

}  // namespace

std::string CloudEventJson(const std::string& tenant,
                           const v1::SignalEvent& event) {
  return absl::StrCat(
      "{\"specversion\":\"1.0\"",
      ",\"id\":", Quoted(absl::StrCat(tenant, "/", event.position())),
      ",\"source\":", Quoted(absl::StrCat("/journey/", tenant, "/signals")),
      ",\"type\":",
      Quoted(absl::StrCat("journey.v1.signal.", ShortName(event.change()))),
      ",\"time\":", Quoted(Rfc3339(event.at())),
      ",\"subject\":", Quoted(event.signal().signal_id()),
      ",\"datacontenttype\":\"application/json\",\"data\":", ToJsonLine(event),
      "}");
}

}  // namespace journey::cli
