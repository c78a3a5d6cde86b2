/** The commands that neither create nor change a project: one file of the package. */
export { contract, contractFlags, contractUsage } from '../cli/contract.ts';
export { doctorFlags, doctorUsage, examine } from '../doctor/doctor.ts';
export { explain, explainFlags, explainUsage } from '../explain/explain.ts';
export { renderState } from '../project/state.ts';
export { workshop, workshopFlags, workshopUsage } from '../workshop/command.ts';
export { completion } from './completion.ts';
export { list } from './list.ts';
