// `journeyctl rules calibrate`.
#include <memory>
#include <string>
#include <vector>

#include "cli/calibration.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/progress.h"

namespace journey::cli {
namespace {

constexpr int kPageSize = 1000;

struct CalibrateOptions {
  std::string pipeline;
  bool yaml = false;
};

// Looks at every won deal.
absl::StatusOr<Calibration> Calibrate(const Invocation& invocation,
                                      const Settings& settings,
                                      const CalibrateOptions& options) {
  v1::ListDealsRequest request;
  request.set_tenant_id(settings.tenant);
  request.set_pipeline_id(options.pipeline);
  request.set_status(v1::DEAL_STATUS_WON);
  request.set_page_size(kPageSize);
  const std::unique_ptr<v1::DealService::StubInterface> stub =
      v1::DealService::NewStub(OpenChannel(settings));
  Progress progress(invocation.environment, "won deals", 0);
  Calibration calibration;
  do {
    const auto page = CallOn(
        *stub, settings, &v1::DealService::StubInterface::ListDeals, request);
    if (!page.ok()) return page.status();
    for (const v1::Deal& deal : page->deals()) calibration.Add(deal);
    progress.Update(calibration.deal_count());
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  return calibration;
}

absl::StatusOr<int> RunCalibrate(const Invocation& invocation,
                                 const CalibrateOptions& options) {
  const auto settings = invocation.ResolveWithTenant();
  if (!settings.ok()) return settings.status();
  const auto calibration = Calibrate(invocation, *settings, options);
  if (!calibration.ok()) return calibration.status();
  const std::vector<v1::PipelineRules> pipelines = calibration->Pipelines();
  if (options.yaml) {
    if (!pipelines.empty()) PrintBaselinesYaml(pipelines, invocation.out());
  } else if (settings->format == Format::kJson) {
    v1::RuleSet rule_set;
    rule_set.mutable_pipelines()->Assign(pipelines.begin(), pipelines.end());
    (void)PrintJson(invocation, Format::kJson, rule_set);
  } else if (settings->format == Format::kNdjson) {
    for (const v1::PipelineRules& pipeline : pipelines) {
      (void)PrintJson(invocation, Format::kNdjson, pipeline);
    }
  } else if (!pipelines.empty()) {
    PrintBaselines(pipelines, invocation.out());
  }
  if (pipelines.empty()) {
    invocation.err() << "No won deal has left a stage yet, so there is nothing "
                        "to propose.\n";
  }
  return 0;
}

}  // namespace

void AddRulesCommands(CLI::App& root, Invocation& invocation) {
  CLI::App* rules = AddCommand(root, "rules", "Propose numbers for a rule set",
                               "  journeyctl rules calibrate");
  rules->require_subcommand(1);
  CLI::App* command = AddCommand(
      *rules, "calibrate", "Propose baselines of stages from won deals",
      "  journeyctl rules calibrate\n"
      "  journeyctl rules calibrate --pipeline default --yaml\n"
      "  journeyctl rules calibrate -o json");
  auto options = std::make_shared<CalibrateOptions>();
  command->add_option("--pipeline", options->pipeline, "Only of this pipeline")
      ->type_name("ID");
  command->add_flag("--yaml", options->yaml,
                    "As a part of a rule set file, to paste");
  OnRun(*command, invocation, options, RunCalibrate);
}

}  // namespace journey::cli
