import { createBrowserRouter, Navigate } from 'react-router';
import { Gate } from './pages/login/Gate';
import { NotFound } from './pages/NotFound';
import { RouteFailure } from './pages/RouteFailure';

/** Each page brings its own code. */
export function makeRouter() {
  return createBrowserRouter([
    {
      path: '/',
      element: <Gate />,
      errorElement: <RouteFailure />,
      hydrateFallbackElement: <div />,
      children: [
        { index: true, element: <Navigate to="/things" replace /> },
        { path: 'things', lazy: async () => ({ Component: (await import('./pages/things/ThingsPage')).ThingsPage }) },
        { path: 'things/:thing', lazy: async () => ({ Component: (await import('./pages/thing/ThingPage')).ThingPage }) },
        { path: 'explore', lazy: async () => ({ Component: (await import('./pages/explore/ExplorePage')).ExplorePage }) },
        { path: 'models', lazy: async () => ({ Component: (await import('./pages/models/ModelsPage')).ModelsPage }) },
        { path: 'models/:model', lazy: async () => ({ Component: (await import('./pages/model/ModelPage')).ModelPage }) },
        { path: 'resources', lazy: async () => ({ Component: (await import('./pages/resources/ResourcesPage')).ResourcesPage }) },
        { path: 'resources/new', lazy: async () => ({ Component: (await import('./pages/resource/NewResourcePage')).NewResourcePage }) },
        { path: 'resources/:kind/:name', lazy: async () => ({ Component: (await import('./pages/resource/ResourcePage')).ResourcePage }) },
        { path: 'onboarding', lazy: async () => ({ Component: (await import('./pages/onboarding/OnboardingPage')).OnboardingPage }) },
        { path: 'onboarding/proposal', lazy: async () => ({ Component: (await import('./pages/onboarding/ProposalPage')).ProposalPage }) },
        { path: 'quality', lazy: async () => ({ Component: (await import('./pages/quality/QualityPage')).QualityPage }) },
        { path: 'sql', lazy: async () => ({ Component: (await import('./pages/sql/SqlPage')).SqlPage }) },
        { path: 'edges', lazy: async () => ({ Component: (await import('./pages/edges/EdgesPage')).EdgesPage }) },
        { path: 'edges/:edge', lazy: async () => ({ Component: (await import('./pages/edge/EdgePage')).EdgePage }) },
        { path: 'system', lazy: async () => ({ Component: (await import('./pages/system/SystemPage')).SystemPage }) },
        { path: '*', element: <NotFound /> },
      ],
    },
  ]);
}
