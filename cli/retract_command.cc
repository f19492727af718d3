// `journeyctl retract`.
#include <memory>
#include <string>
#include <vector>

#include "cli/ask.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/text.h"

namespace journey::cli {
namespace {

struct RetractOptions {
  std::string source;
  std::vector<std::string> ids;
  std::string reason;
  std::string actor;
};

absl::StatusOr<int> RunRetract(const Invocation& invocation,
                               const RetractOptions& options) {
  const auto settings = invocation.ResolveWithTenant();
  if (!settings.ok()) return settings.status();
  v1::RetractRequest request;
  request.set_tenant_id(settings->tenant);
  request.set_reason(options.reason);
  request.set_actor(ActorOf(invocation, options.actor));
  for (const std::string& id : options.ids) {
    v1::TouchpointRef& target = *request.add_targets();
    target.set_source(options.source);
    target.set_touchpoint_id(id);
  }
  return AskOne<v1::TouchpointService>(
      invocation, *settings, &v1::TouchpointService::StubInterface::Retract,
      request, [&](const v1::RetractResponse& response) {
        Table table({"SOURCE", "ID", ">POSITION", "RESULT"});
        for (int i = 0; i < response.results_size(); ++i) {
          const v1::AppendResult& result = response.results(i);
          const char* outcome = result.waiting()    ? kWaiting
                                : result.repeated() ? "was retracted before"
                                                    : "retracted";
          table.AddRow({options.source, options.ids[static_cast<size_t>(i)],
                        FormatCount(result.position()), outcome});
        }
        table.Print(invocation.out());
      });
}

}  // namespace

void AddRetractCommand(CLI::App& root, Invocation& invocation) {
  CLI::App* command = AddCommand(
      root, "retract", "Withdraw touchpoints that were wrong",
      "  journeyctl retract crm call-4711 --reason \"wrong customer\"\n"
      "The touchpoint stays in the log, but counts for nothing any more. One\n"
      "that is not in the log yet will never count; the answer says so.");
  auto options = std::make_shared<RetractOptions>();
  command->add_option("source", options->source, "The touchpoint's source")
      ->required()
      ->type_name("SOURCE");
  command->add_option("ids", options->ids, "The touchpoints' ids")
      ->required()
      ->type_name("ID");
  AddReasonAndActorOptions(*command, options->reason, options->actor);
  OnRun(*command, invocation, options, RunRetract);
}

}  // namespace journey::cli
