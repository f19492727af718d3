#include "cli/signal_options.h"

#include "cli/client.h"
#include "cli/options.h"

namespace journey::cli {

void AddSignalFilterOptions(CLI::App& command, SignalFilterOptions& options) {
  AddEnumOption<v1::SignalType>(command, "--type", options.types,
                                "Only of these types")
      ->delimiter(',');
  command.add_option("--owner", options.owners, "Only of these owners")
      ->delimiter(',')
      ->type_name("ID");
  AddEnumOption<v1::SignalSeverity>(command, "--severity", options.severity,
                                    "Only as bad as this, or worse");
  AddEnumOption<v1::Segment>(command, "--segment", options.segments,
                             "Only of customers of these segments")
      ->delimiter(',');
  command.add_flag("--include-historical", options.include_historical,
                   "Also those that were too old to be announced");
}

absl::StatusOr<v1::SignalFilter> SignalFilterOf(
    const SignalFilterOptions& options) {
  v1::SignalFilter filter;
  for (const std::string& name : options.types) {
    const auto type = ParseEnumFlag<v1::SignalType>("--type", name);
    if (!type.ok()) return type.status();
    filter.add_types(*type);
  }
  for (const std::string& owner : options.owners) filter.add_owner_ids(owner);
  if (!options.severity.empty()) {
    const auto severity =
        ParseEnumFlag<v1::SignalSeverity>("--severity", options.severity);
    if (!severity.ok()) return severity.status();
    filter.set_severity_min(*severity);
  }
  for (const std::string& name : options.segments) {
    const auto segment = ParseEnumFlag<v1::Segment>("--segment", name);
    if (!segment.ok()) return segment.status();
    filter.add_segments(*segment);
  }
  return filter;
}

absl::StatusOr<int64_t> SignalHead(const Settings& settings) {
  v1::ListSignalsRequest request;
  request.set_tenant_id(settings.tenant);
  request.set_page_size(1);
  const auto response = Call<v1::SignalService>(
      settings, &v1::SignalService::StubInterface::ListSignals, request);
  if (!response.ok()) return response.status();
  return response->signal_position();
}

}  // namespace journey::cli
